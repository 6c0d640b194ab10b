import { parseArgs } from 'node:util';
import { playRound } from './round.ts';

const { values } = parseArgs({
  options: {
    round: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    store: { type: 'string', default: 'memory' },
    steps: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});
for (let seed = Number(values.round); seed < Number(values.round) + Number(values.rounds); seed++) {
  const startedAt = Date.now();
  try {
    const report = await playRound({
      seed,
      store: values.store === 'redis' ? 'redis' : 'memory',
      ...(values.steps === undefined ? {} : { steps: Number(values.steps) }),
      trace: (line) => {
        if (values.trace) process.stderr.write(`${line}\n`);
      },
    });
    process.stdout.write(`${seed} ${Date.now() - startedAt} ms ${JSON.stringify(report)}\n`);
  } catch (error) {
    process.stdout.write(`FAILED ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
