import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface BackendProcess {
  /** Where clients connect. */
  url: string;
  port: number;
  /** Ends it as a crash would: no socket is closed politely, nothing is flushed. */
  kill(): Promise<void>;
}

export interface BackendProcessOptions {
  secret: string;
  /** @default classrooms live in the process */
  redisUrl?: string;
  /** The command. @default that of the workspace */
  bin?: string;
  /** @default a free one */
  port?: number;
}

/** Starts `chalkline-server dev` as a process of its own, and resolves when it takes connections. */
export async function startBackendProcess(options: BackendProcessOptions): Promise<BackendProcess> {
  const { secret, redisUrl = '', bin = 'server/bin/chalkline-server.mjs', port = 0 } = options;
  const args = [bin, 'dev', '--port', String(port), '--redis', redisUrl];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, CHALKLINE_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  const url = await addressOf(child);
  return {
    url,
    port: Number(new URL(url).port),
    async kill() {
      process.off('exit', atExit);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** The address that a server prints when it takes connections. */
export function addressOf(child: ChildProcess, address = /ws:\/\/\S+/): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = address.exec(output)?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`the server ended before it was ready:\n${output}`)));
  });
}
