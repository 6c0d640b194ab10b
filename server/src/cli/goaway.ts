import { command, numberOf } from './command.ts';
import { itemsOf, sumOf, whereOptions, whereUsage } from './operator.ts';

export const goaway = command({
  usage: `
  goaway  Ask every client to move to a new socket within a time, at random: before an API or a region is taken away.
            --within <s>       @default 300
            --callback <https://…/stage>  with --redis: the API that they are to leave; AWS credentials of the environment${whereUsage}`,
  options: { ...whereOptions, callback: { type: 'string' }, within: { type: 'string', default: '300' } },
  async run({ callback = '', within, ...where }) {
    if (where.function === undefined && !URL.canParse(callback))
      throw new Error(`goaway needs --function or --callback; it is "${callback}"`);
    const withinMs = numberOf('within', within) * 1000;
    const told = await sumOf(itemsOf(where, { operation: 'goaway', withinMs }, callback));
    const { delivered = 0, gone = 0, failed = 0 } = told;
    process.stdout.write(`${delivered} told, ${gone} gone, ${failed} failed\n`);
    if (failed > 0) throw new Error('unable to tell all; say it again');
  },
});
