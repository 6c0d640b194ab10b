import { gzipSync } from 'node:zlib';
import { basename } from 'node:path';
import { build } from 'esbuild';

export interface BundledSize {
  /** Minified and gzipped: what is loaded with the page. */
  bytes: number;
  /** The same of what is loaded later, by an `import()` that is asked for. */
  laterBytes: number;
  /** The files that left something in either. */
  inputs: string[];
}

/** What one import statement adds to an app that has Vue and Pinia already, with everything that it pulls in. */
export async function bundledSize(folder: string, statement: string): Promise<BundledSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: statement.replace(/^import (.*) from/, 'export $1 from'), resolveDir: folder },
    bundle: true,
    splitting: true,
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
  const { outputs } = metafile;
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === '<stdin>') ?? '';
  const withPage = new Set<string>();
  const all = new Set<string>();
  const reach = (path: string, found: Set<string>, isLaterToo: boolean): void => {
    const output = outputs[path];
    if (!output || found.has(path)) return;
    found.add(path);
    if (output.cssBundle !== undefined) found.add(output.cssBundle);
    for (const { path: next, kind } of output.imports)
      if (isLaterToo || kind !== 'dynamic-import') reach(next, found, isLaterToo);
  };
  reach(entry, withPage, false);
  reach(entry, all, true);

  const gzipped = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), gzipSync(contents, { level: 9 }).length]),
  );
  const total = (paths: Set<string>) =>
    [...paths].reduce((sum, path) => sum + (gzipped.get(basename(path)) ?? 0), 0);
  const inputs = [...all]
    .flatMap((path) => Object.entries(outputs[path]?.inputs ?? {}))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([input]) => input);
  return { bytes: total(withPage), laterBytes: total(all) - total(withPage), inputs };
}
