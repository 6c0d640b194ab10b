import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** What is measured beside ours: no dependencies of the workspace, but fetched where the figures are made. */
export const peerVersions = {
  '@tldraw/sync-core': '5.4.2',
  '@tldraw/tlschema': '5.4.2',
  '@tldraw/store': '5.4.2',
  '@tldraw/state': '5.4.2',
  '@excalidraw/element': '0.18.0-ffcb67b',
} as const;

export interface PeerPackages {
  load(name: keyof typeof peerVersions): Promise<Record<string, unknown>>;
  remove(): Promise<void>;
}

/** Installs the peers' published packages into a folder of their own. */
export async function fetchPeers(): Promise<PeerPackages> {
  const folder = await mkdtemp(join(tmpdir(), 'chalkline-wire-'));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: peerVersions }),
  );
  // Without React and other peers of theirs, which their schemas and clients do without.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', ...flags], { cwd: folder, timeout: 120_000 });
  const { resolve } = createRequire(join(folder, 'package.json'));
  return {
    load: async (name) => (await import(pathToFileURL(resolve(name)).href)) as Record<string, unknown>,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
