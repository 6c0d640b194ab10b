import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the tests need besides Node: real programs, by the names that they go by. */
const programs = {
  redis: { names: ['redis-server'], debian: 'redis-server' },
  openssl: { names: ['openssl'], debian: 'openssl' },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    debian: 'chromium',
  },
} as const;

type Program = keyof typeof programs;

/** The path of a program, or undefined where it is not installed. `CHROMIUM_PATH` points to a browser elsewhere. */
export function findProgram(program: Program): string | undefined {
  const given = program === 'chromium' ? process.env.CHROMIUM_PATH : undefined;
  if (given !== undefined) return given;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return programs[program].names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => isExecutable(path));
}

/** The path of the browser. @throws Error if there is none; `ensurePrograms` brings it. */
export function chromiumPath(): string {
  const path = findProgram('chromium');
  if (path === undefined)
    throw new Error('unable to find Chromium; `pnpm test` installs it, or set CHROMIUM_PATH');
  return path;
}

/**
 * Makes sure of every program: where apt can install them (Debian, as root) it does, elsewhere it says how.
 * @throws Error with the command for the person to type.
 */
export function ensurePrograms(say: (line: string) => void): void {
  const missing = (Object.keys(programs) as Program[]).filter(
    (program) => findProgram(program) === undefined,
  );
  if (missing.length === 0) return;
  const packages = missing.map((program) => programs[program].debian);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || spawnSync('apt-get', ['--version']).status !== 0) {
    throw new Error(`the tests need ${packages.join(' and ')}. ${adviceFor(packages)}`);
  }
  say(`installing ${packages.join(' and ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const still = missing.filter((program) => findProgram(program) === undefined);
  if (still.length > 0) throw new Error(`apt-get installed nothing that is called ${still.join(' or ')}`);
}

function adviceFor(packages: readonly string[]): string {
  return process.platform === 'darwin'
    ? `Type: brew install redis openssl && brew install --cask chromium`
    : `Type: sudo apt-get install -y ${packages.join(' ')}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
