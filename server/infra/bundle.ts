import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** The functions of a deployment, by their names in `src/lambda/functions.ts`. */
export const functionNames = ['authorizer', 'connect', 'message', 'disconnect', 'sweep'] as const;
export type FunctionName = (typeof functionNames)[number];
/** … and that of the one that no client reaches, which an option leaves out. */
export type AnyFunctionName = FunctionName | 'operator';

/** One function as it is uploaded. */
export interface Bundle {
  /** `index.mjs`, which exports `handler`, and beside it what it reads. */
  folder: string;
  /** Of `index.mjs`. */
  bytes: number;
  /** The files that left something in it. */
  inputs: string[];
}

// A packed package has its own code where the workspace has its sources.
const workspace = join(import.meta.dirname, '../src');
const sources = existsSync(workspace) ? workspace : join(import.meta.dirname, '..');
const scripts = join(sources, 'adapters/redis');
const bundles = new Map<string, Bundle>();

/**
 * Bundles one function, once for each process: a deployment, its tests and the benchmarks have the same bytes.
 * @param app the path of a module with the app's own message types. @default none
 */
export function bundle(name: AnyFunctionName, app?: string): Bundle {
  const given = app === undefined ? 'const app = {};' : `import * as app from ${JSON.stringify(app)};`;
  return once(
    name,
    `import { ${name} } from './lambda/functions';
    ${given}
    export const handler = await ${name}(app);`,
  );
}

/** Bundles the one function of a probe deployment. */
export function bundleProbe(): Bundle {
  return once('probe', `export { handler } from './probe/handler';`);
}

function once(name: string, contents: string): Bundle {
  const bundled = bundles.get(contents) ?? build(name, contents);
  bundles.set(contents, bundled);
  return bundled;
}

function build(name: string, contents: string): Bundle {
  const folder = mkdtempSync(join(tmpdir(), `chalkline-${name}-`));

  // A synthesis has copied it by then.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { metafile } = buildSync({
    stdin: { contents, resolveDir: sources, sourcefile: `${name}.ts` },
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The ES modules of a package can be cut down to what is used: 130 KB.
    mainFields: ['module', 'main'],
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
  if (inputs.some((input) => input.includes('/redis/scripts'))) copyScripts(folder);
  return { folder, bytes: output?.bytes ?? 0, inputs };
}

/** The store reads its scripts at run time from where its code is. */
function copyScripts(folder: string): void {
  for (const file of readdirSync(scripts).filter((name) => name.endsWith('.lua'))) {
    copyFileSync(join(scripts, file), join(folder, file));
  }
}
