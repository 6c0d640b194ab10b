import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync, type BuildOptions } from 'esbuild';

export interface Bundle {
  bytes: number;
  /** The files that left something in it. */
  inputs: string[];
}

/** Bundles for Node, as it would be done for Lambda: one ES module, and beside it the files that it reads at run time. */
export function bundle(
  entry: Pick<BuildOptions, 'stdin' | 'entryPoints' | 'minify'>,
  outfile: string,
): Bundle {
  mkdirSync(dirname(outfile), { recursive: true });
  const { metafile } = buildSync({
    ...entry,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    // What `ws` would use if it were there.
    external: ['bufferutil', 'utf-8-validate'],
    // CommonJS packages ask for Node's own modules by `require`, which an ES module has to make first.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {})
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([input]) => input);
  for (const folder of new Set(inputs.map(dirname))) copyRead(folder, dirname(outfile));
  return { bytes: output?.bytes ?? 0, inputs };
}

/** Scripts and pages are read from where the code is that reads them. */
function copyRead(from: string, to: string): void {
  for (const name of readdirSync(from).filter((file) => /\.(lua|html)$/.test(file))) {
    copyFileSync(join(from, name), join(to, name));
  }
}
