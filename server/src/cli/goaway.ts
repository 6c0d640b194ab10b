import { encode } from '@chalkline/client-sdk/protocol';
import { createApiGateway } from '../adapters/api-gateway.ts';
import type { Archive } from '../archive/archive.ts';
import { withArchive } from './archive.ts';
import { command, numberOf } from './command.ts';

/** How many clients are told at a time: far from what API Gateway takes of one account. */
const AT_ONCE = 32;

export const goaway = command({
  usage: `
  goaway  Ask every client to move to a new socket within a time, at random: before an API or a region is taken away.
            --callback <https://…/stage>   of the API that they are to leave; AWS credentials of the environment
            --within <s>                   @default 300
            --redis <url>     also REDIS_URL; --cluster if it is one`,
  options: {
    callback: { type: 'string' },
    within: { type: 'string', default: '300' },
    redis: { type: 'string' },
    cluster: { type: 'boolean', default: false },
  },
  async run({ callback = '', within, ...where }) {
    if (!URL.canParse(callback)) throw new Error(`goaway needs --callback; it is "${callback}"`);
    const frame = encode({ action: 'goaway', withinMs: numberOf('within', within) * 1000 });
    await withArchive(where, async (archive) => {
      const told = await tellAll(archive, createApiGateway({ endpoint: callback }), frame);
      process.stdout.write(`${told.delivered} told, ${told.gone} gone, ${told.failed} failed\n`);
      if (told.failed > 0) throw new Error('unable to tell all; say it again');
    });
  },
});

async function tellAll(archive: Archive, gateway: ReturnType<typeof createApiGateway>, frame: string) {
  const told = { delivered: 0, gone: 0, failed: 0 };
  const queue = (await archive.connectionIds()).values();
  const worker = async (): Promise<void> => {
    for (const connectionId of queue) told[await gateway.post(connectionId, frame)] += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return told;
}
