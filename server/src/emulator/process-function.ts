import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from './clock.ts';
import { GatewayError } from './gateway-error.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** A bundled Lambda asset and how to run it. */
export interface ProcessFunctionOptions {
  /** The folder that would be uploaded. */
  readonly folder: string;
  /** File and export. @default 'index.handler' */
  readonly handler?: string;
  /** All it gets, beside what Lambda itself sets and PATH: the parent's environment is not passed on. @default {} */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 'function' */
  readonly name?: string;
  /** Function timeout, ms; after it the process is killed. @default 3000 */
  readonly timeoutMs?: number;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** What the function writes to stdout and stderr, line by line. @default dropped */
  readonly onLog?: (line: string) => void;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** A function in processes of its own, which its maker closes. */
export interface ProcessFunction extends LambdaFunction {
  /** Live processes; each serves one invocation at a time. */
  readonly processCount: number;
  /** Kills all processes; resolves when they are gone. */
  close(): Promise<void>;
}

const BOOTSTRAP = fileURLToPath(new URL('./lambda-process.mjs', import.meta.url));

/**
 * Runs a bundled asset as Lambda would: one process for each concurrent invocation, reused warm, frozen between
 * invocations, killed at the timeout.
 */
export function createProcessFunction(options: ProcessFunctionOptions): ProcessFunction {
  const { timeoutMs = 3000, clock = systemClock } = options;
  const all = new Set<Environment>();
  const warm: Environment[] = [];

  const start = (): Environment => {
    const environment = new Environment(options);
    all.add(environment);
    environment.onGone = () => {
      all.delete(environment);
      const index = warm.indexOf(environment);
      if (index >= 0) warm.splice(index, 1);
    };
    return environment;
  };

  return {
    get processCount() {
      return all.size;
    },
    async invoke(event, context, orders) {
      if (orders.isCold) await warm.pop()?.kill();
      const environment = (orders.isCold ? undefined : warm.pop()) ?? start();
      const timer = clock.setTimeout(() => {
        const seconds = (timeoutMs / 1000).toFixed(2);
        environment.fail(`unable to finish the invocation; task timed out after ${seconds} seconds`);
      }, timeoutMs);
      try {
        const reply = await environment.ask({ event, context, timeoutMs, dieAtPost: orders.dieAtPost });
        warm.push(environment);
        return readReply(reply);
      } finally {
        clock.clearTimeout(timer);
      }
    },
    close: async () => {
      await Promise.all([...all].map((environment) => environment.kill()));
    },
  };
}

type Reply =
  | { readonly result: unknown }
  | { readonly error: { readonly name: string; readonly message: string; readonly stack?: string } };

function readReply(reply: Reply): unknown {
  if (!('error' in reply)) return reply.result;
  throw Object.assign(new Error(reply.error.message), reply.error);
}

/** The invocation that runs. */
interface Asked {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** One process. Messages both ways are JSON behind their length in four bytes. */
class Environment {
  onGone: (() => void) | undefined;
  readonly #process: ChildProcess;
  readonly #channel: Duplex;
  #received = Buffer.alloc(0);
  #asked: Asked | undefined;
  #hasExited = false;

  constructor({
    folder,
    handler = 'index.handler',
    environment = {},
    name,
    region,
    onLog,
  }: ProcessFunctionOptions) {
    this.#process = spawn(process.execPath, [BOOTSTRAP, folder, handler], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        TZ: ':UTC',
        AWS_REGION: region ?? 'us-east-1',
        AWS_DEFAULT_REGION: region ?? 'us-east-1',
        AWS_LAMBDA_FUNCTION_NAME: name ?? 'function',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
        LAMBDA_TASK_ROOT: folder,
        ...environment,
      },
    });
    this.#channel = this.#process.stdio[3] as Duplex;
    this.#channel.on('data', (chunk: Buffer) => this.#receive(chunk));
    // A process that dies takes the channel with it; `exit` and `error` below tell.
    this.#channel.on('error', () => this.#channel.destroy());
    const log = createLineReader(onLog);
    this.#process.stdout?.on('data', log);
    this.#process.stderr?.on('data', log);
    this.#process.once('error', (error) => this.#gone(`unable to start the function; ${error.message}`));
    this.#process.once('exit', (code, signal) =>
      this.#gone(`unable to finish the invocation; the process exited with ${signal ?? code ?? 'nothing'}`),
    );
  }

  ask(message: unknown): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
      const text = Buffer.from(JSON.stringify(message));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      this.#channel.write(Buffer.concat([length, text]));
    });
  }

  /** Rejects what runs, and kills the process. */
  fail(message: string): void {
    this.#settle((asked) => asked.reject(new GatewayError('function-failed', message)));
    this.#process.kill('SIGKILL');
  }

  async kill(): Promise<void> {
    if (this.#hasExited) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (this.#received.length < 4) return;
    const end = 4 + this.#received.readUInt32BE();
    if (this.#received.length < end) return;
    const reply = JSON.parse(this.#received.subarray(4, end).toString()) as Reply;
    this.#received = this.#received.subarray(end);
    this.#settle((asked) => asked.resolve(reply));
  }

  #gone(reason: string): void {
    this.#hasExited = true;
    this.onGone?.();
    this.#settle((asked) => asked.reject(new GatewayError('function-failed', reason)));
  }

  #settle(how: (asked: Asked) => void): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked) how(asked);
  }
}

function createLineReader(onLog: ((line: string) => void) | undefined): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLog?.(line);
  };
}
