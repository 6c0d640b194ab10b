import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks.ts';

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
const benchmark = Object.entries(benchmarks).find(([known]) => known === name)?.[1];
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
