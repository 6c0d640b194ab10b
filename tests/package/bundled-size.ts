import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

export interface BundledSize {
  /** Minified and gzipped. */
  bytes: number;
  /** The files that left something in it. */
  inputs: string[];
}

/** What one import statement adds to an app that has Vue and Pinia already, with everything that it pulls in. */
export async function bundledSize(folder: string, statement: string): Promise<BundledSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: statement.replace(/^import (.*) from/, 'export $1 from'), resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    external: ['vue', 'pinia'],
    legalComments: 'none',
    logLevel: 'error',
    outdir: 'out',
    metafile: true,
    write: false,
  });
  const inputs = Object.values(metafile.outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([input]) => input);
  // A style sheet comes with a script that is empty.
  const [bytes = 0] = outputFiles
    .map(({ contents }) => gzipSync(contents, { level: 9 }).length)
    .toSorted((a, b) => b - a);
  return { bytes, inputs };
}
