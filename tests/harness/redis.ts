import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RedisProcess {
  url: string;
  port: number;
  /**
   * Ends the process as a crash would, and resolves when it has ended. With `SIGSTOP` it lives on and answers nobody, until
   * `SIGCONT`. @default 'SIGKILL'
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the process and removes its folder. Calling it again is harmless. */
  stop(): Promise<void>;
}

export interface StartRedisOptions {
  /** More arguments of `redis-server`. */
  args?: readonly string[];
  /** A free one by default; a given one lets a server come back where it was. */
  port?: number;
}

/** Starts a `redis-server` of its own, which keeps nothing on disk, and resolves when it takes connections. */
export async function startRedis({ args = [], port }: StartRedisOptions = {}): Promise<RedisProcess> {
  // Another process may take a free port before the server does.
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), 'chalkline-redis-'));
    const chosen = port ?? (await freePort());
    const settings = [
      '--port',
      String(chosen),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      ...args,
    ];
    const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'pipe'] });
    const send = async (signal: NodeJS.Signals): Promise<void> => {
      if (child.exitCode !== null || child.signalCode !== null || !child.kill(signal)) return;
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await once(child, 'exit');
    };
    const problem = await ready(child);
    if (problem === undefined) {
      // A test run that is cut short leaves no server behind.
      const atExit = (): void => void child.kill('SIGKILL');
      process.once('exit', atExit);
      return {
        url: `redis://127.0.0.1:${chosen}`,
        port: chosen,
        kill: (signal = 'SIGKILL') => send(signal),
        async stop() {
          process.off('exit', atExit);
          await send('SIGKILL');
          await rm(folder, { recursive: true, force: true });
        },
      };
    }
    await send('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    if (attempt === 3) throw new Error(`unable to start redis-server on port ${chosen}; ${problem}`);
  }
}

/** Resolves with nothing when the server is ready, or with what went wrong. */
function ready(child: ChildProcess): Promise<string | undefined> {
  let output = '';
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => resolve(output));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) resolve(undefined);
    });
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  });
}

/** A port that nobody listens on, and whose cluster bus (10,000 above) has a number. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    if (address !== null && typeof address === 'object' && address.port < 55_000) return address.port;
  }
}
