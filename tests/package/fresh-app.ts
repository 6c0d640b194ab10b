import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
export const packages = ['client-sdk', 'server', 'vue-components'] as const;

/** What an app has besides ours. Yjs is for those who take the board: chat alone must not need it, which the sizes show. */
const viteApp = ['vue', 'pinia', 'vite', '@vitejs/plugin-vue', '@types/node', 'yjs', 'y-protocols'];
/** The rest of what the samples use. */
const ofSamples = [
  'zod',
  'jose',
  'vitest',
  'y-indexeddb',
  'y-codemirror.next',
  '@codemirror/state',
  '@codemirror/view',
];
const testedApp = [...viteApp, ...ofSamples];

/** An app outside the workspace that has the packed packages installed, as a platform's engineer would have them. */
export class FreshApp {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Packs the packages and installs them; what pnpm has in its store already is not fetched again.
   * @param others what the app has besides, as `name@version`; without one in the version of the workspace, or the newest.
   */
  static async create(others: readonly string[] = testedApp): Promise<FreshApp> {
    const app = new FreshApp(await mkdtemp(join(tmpdir(), 'chalkline-app-')));
    const packed = join(app.folder, 'packed');
    await pnpm(root, 'tarballs', '--pack-destination', packed);
    const tarballs = Object.fromEntries(
      (await readdir(packed)).map((file) => [
        file.replace(/^chalkline-(.*)-\d.*$/, '@chalkline/$1'),
        `file:./packed/${file}`,
      ]),
    );
    const versions = await catalog();
    const versionOf = (other: string): [name: string, version: string] => {
      const [, name = '', version] = /^(.[^@]*)@?(.*)$/.exec(other) ?? [];
      return [name, version || (versions.get(name) ?? 'latest')];
    };
    await app.write({
      'package.json': JSON.stringify({
        private: true,
        type: 'module',
        dependencies: { ...tarballs, ...Object.fromEntries(others.map(versionOf)) },
      }),
      'pnpm-workspace.yaml': JSON.stringify({
        // None of ours is in a registry yet, and so neither is what they ask for of each other. Of all else the tests take what the
        // workspace has; a framework brings its own.
        overrides: { ...(others === testedApp ? Object.fromEntries(versions) : {}), ...tarballs },
        // The package `node` fetches the one for this machine.
        allowBuilds: { esbuild: false, protobufjs: false, node: true },
      }),
    });
    await pnpm(app.folder, 'install', '--prefer-offline', '--no-lockfile');
    return app;
  }

  /** Writes files, by their path in the app. */
  write(files: Readonly<Record<string, string>>): Promise<void> {
    return writeFiles(this.folder, files);
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), 'utf8');
  }

  /** Runs a script of the app, or of a tool, with plain Node in the app's folder; resolves with what it prints. */
  node(script: string, ...args: string[]): Promise<string> {
    return this.run(process.execPath, script, ...args);
  }

  /** Runs a program in the app's folder; resolves with what it prints. */
  run(program: string, ...args: string[]): Promise<string> {
    return run(this.folder, program, args);
  }

  /** Where a command that the app installed is. */
  bin(name: string, script: string): string {
    return join(this.folder, 'node_modules', name, script);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Writes files, by their path in a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** The versions that the workspace itself is tested with. */
async function catalog(): Promise<Map<string, string>> {
  const text = await readFile(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const [, entries = ''] = text.split(/^catalog:$/m);
  // A range begins with the version that is tested; of a name that stands there twice the first counts.
  const found = [...entries.matchAll(/^ {2,4}'?([^':]+)'?: '?[\^>=]*([\d.]\S*)/gm)].reverse();
  return new Map(found.map(([, name = '', version = '']) => [name, version]));
}

function pnpm(cwd: string, ...args: string[]): Promise<string> {
  return run(cwd, 'npx', ['-y', 'pnpm@12', ...args]);
}

async function run(cwd: string, command: string, args: readonly string[]): Promise<string> {
  try {
    // Vitest's own NODE_ENV would make a build for tests of it.
    const env = { ...process.env, NODE_ENV: undefined };
    return (await promisify(execFile)(command, args, { cwd, env })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`unable to run ${command} ${args.join(' ')}; it says\n${stdout}${stderr}`, {
      cause: error,
    });
  }
}
