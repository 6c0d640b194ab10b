import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { board } from './board.ts';
import { coldstart } from './coldstart.ts';
import { fanout } from './fanout.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import { size } from './size.ts';
import { wire } from './wire.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  latency,
  fanout,
  size,
  coldstart,
  growth,
  board,
  wire,
};

const usage = `pnpm bench NAME [--json] [--quick] [--profile FOLDER]

${Object.entries(benchmarks)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

  --json      the figures as the last line, in one line of JSON
  --quick     a handful of samples: shows that it works, and nothing more
  --profile   a CPU profile of each measured process (latency, fanout)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const [name] = positionals;
const benchmark = name !== undefined && Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark) {
  const { text, figures } = await benchmark.run({
    isQuick: values.quick,
    profileFolder: values.profile,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${text}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
} else {
  process.stdout.write(usage);
  if (name !== undefined) {
    process.stderr.write(`there is no benchmark "${name}"\n`);
    process.exitCode = 1;
  }
}
