import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { bundle } from './bundle.ts';
import { byName, median, round } from './statistics.ts';
import { table } from './table.ts';

const sources = {
  ours: `export { handler } from './coldstart/message-function.ts';`,
  empty: 'export {};',
  sdk: `export { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';`,
  ioredis: `export { Redis } from 'ioredis';`,
  zod: `import { z } from 'zod'; export { z };`,
} as const;
type Part = keyof typeof sources;
const parts = Object.keys(sources) as Part[];
const limits = ['empty', 'sdk', 'ioredis', 'zod'] as const;

const titles: Record<Part, string> = {
  ours: 'ours: the whole message function',
  empty: 'an empty module',
  sdk: 'AWS SDK management client',
  ioredis: 'ioredis',
  zod: "import { z } from 'zod'",
};

/** What never belongs into a function's bundle. */
const strangers = /\/(emulator|dev-server|cli)[./]|\/node_modules\/(ws|fast-check|tsx)\//;

/** Prints the ms that one module took to load, in a process that has loaded nothing else. */
const loader = `
const before = performance.now();
await import(process.argv[2]);
process.stdout.write(String(performance.now() - before));
process.exit();
`;

/** Load time of bundles (minified ESM), each in a fresh process, in turns. */
export const coldstart: Benchmark = {
  summary: 'module load ms and KB of a message function, beside the sum of its usual parts',
  async run({ isQuick, progress }) {
    const rounds = isQuick ? 1 : 25;
    const folder = await mkdtemp(join(tmpdir(), 'chalkline-coldstart-'));
    try {
      const loaderFile = join(folder, 'loader.mjs');
      await writeFile(loaderFile, loader);
      const kb = {} as Record<Part, number>;
      let uninvited: string[] = [];
      for (const part of parts) {
        progress(`coldstart: bundling ${titles[part]}`);
        const stdin = { contents: sources[part], resolveDir: import.meta.dirname };
        const { bytes, inputs } = bundle({ stdin, minify: true }, join(folder, `${part}.mjs`));
        kb[part] = round(bytes / 1024, 1);
        if (part === 'ours') uninvited = inputs.filter((input) => strangers.test(input));
      }
      const samples = byName(parts, () => [] as number[]);
      for (let turn = 1; turn <= rounds; turn++) {
        if (turn % 5 === 1) progress(`coldstart: round ${turn} of ${rounds}`);
        for (const part of turn % 2 === 1 ? parts : [...parts].reverse()) {
          const url = pathToFileURL(join(folder, `${part}.mjs`)).href;
          const { stdout } = await promisify(execFile)(process.execPath, [loaderFile, url]);
          samples[part].push(Number(stdout));
        }
      }
      const ms = byName(parts, (part) => round(median(samples[part]), 1));
      const sumOf = (figures: Record<Part, number>): number =>
        round(
          limits.reduce((sum, part) => sum + figures[part], 0),
          1,
        );
      const sum = { ms: sumOf(ms), kb: sumOf(kb) };
      const ratio = round(ms.ours / sum.ms, 2);
      const text = [
        table(
          ['module load', 'ms', 'KB'],
          [
            ...parts.map((part) => [titles[part], ms[part].toFixed(1), kb[part].toFixed(1)]),
            ['sum of the four parts', sum.ms.toFixed(1), sum.kb.toFixed(1)],
            ['ours ÷ sum', ratio.toFixed(2), (kb.ours / sum.kb).toFixed(2)],
          ],
        ),
        ...uninvited.map((input) => `does not belong into the bundle: ${input}`),
      ].join('\n');
      return { text, figures: { ms, kb, sum, ratio, uninvited } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
