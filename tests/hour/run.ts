import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { recordHour } from './lesson-hour.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'docs/recordings/hour-of-four.json' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`pnpm hour [--minutes 60] [--seed 1] [--out FILE]
    A class of four for one hour, on a clock that runs as fast as the machine allows: what API Gateway would bill, by kind, what
    it costs, and what providers ask for the same.
    Under other terms: pnpm chalkline-server cost --recording FILE --help
`);
} else {
  const startedAt = Date.now();
  const recording = await recordHour({
    seed: Number(values.seed),
    durationMs: Number(values.minutes) * 60_000,
    progress: (minute) => process.stderr.write(`\rminute ${minute} `),
  });
  writeFileSync(values.out, `${JSON.stringify(recording, undefined, 2)}\n`);
  process.stderr.write(`\r${values.minutes} minutes in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
  const pricing = ['server/bin/chalkline-server.mjs', 'cost', '--recording', values.out];
  process.stdout.write(`${values.out}\n\n${execFileSync(process.execPath, pricing, { encoding: 'utf8' })}`);
  process.exit();
}
