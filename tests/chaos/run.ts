import { parseArgs } from 'node:util';
import type { StoreKind } from '../harness/store-host.ts';
import { longRun } from './long/long-run.ts';
import { playRound } from './round.ts';

const usage = `pnpm chaos --messages N [--seed S] [--json]
    Sends N messages through every fault, with Redis and the backend in processes of their own.
    --json      the figures as the last line, in one line of JSON
pnpm chaos --round SEED [--store memory|redis|replicas|rehearsal] [--steps N] [--rounds N] [--trace]
    Plays the round of a seed again; --rounds plays those that follow it, too, --trace tells each step.
`;

const { values } = parseArgs({
  options: {
    messages: { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
    round: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    store: { type: 'string', default: 'memory' },
    steps: { type: 'string' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.messages !== undefined) await long(Number(values.messages));
else if (values.round !== undefined) await rounds(Number(values.round), Number(values.rounds));
else process.stdout.write(usage);
// Half-open sockets would hold the process for a while.
process.exit();

function storeKind(name: string): StoreKind {
  const kinds = ['memory', 'redis', 'replicas', 'rehearsal'] as const;
  const kind = kinds.find((known) => known === name);
  if (kind) return kind;
  throw new RangeError(`--store is one of ${kinds.join(', ')}; it is "${name}"`);
}

async function long(messages: number): Promise<void> {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  process.stderr.write(`seed ${seed}\n`);
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const report = await longRun({ messages, seed, progress });
  const { faults, examples, ...figures } = report;
  for (const [name, figure] of Object.entries(figures)) {
    process.stdout.write(
      `${name.padEnd(16)} ${typeof figure === 'object' ? JSON.stringify(figure) : figure}\n`,
    );
  }
  process.stdout.write(`\nfaults\n`);
  for (const [kind, count] of Object.entries(faults).sort())
    process.stdout.write(`  ${kind.padEnd(24)} ${count}\n`);
  for (const example of examples) process.stdout.write(`! ${example}\n`);
  process.stdout.write(`\nreplay: npx -y pnpm@12 chaos --messages ${messages} --seed ${seed}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  const { lost, doubled, reordered, ghosts, acked } = report;
  if (lost + doubled + reordered + ghosts > 0 || acked < messages) process.exitCode = 1;
}

async function rounds(first: number, count: number): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const startedAt = Date.now();
    try {
      const report = await playRound({
        seed,
        store: storeKind(values.store),
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
}
