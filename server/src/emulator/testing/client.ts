import { request } from 'node:http';
import WebSocket from 'ws';

/** Rejects if `promise` takes longer, naming what was waited for. */
export async function within<T>(name: string, promise: Promise<T>, ms = 5000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${name}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A promise and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
}

export function defer<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Values that arrive one by one: `next` waits for the next one in order. */
export class Inbox<T> {
  readonly #arrived: T[] = [];
  readonly #waiting: ((value: T) => void)[] = [];

  put(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(value);
    else this.#arrived.push(value);
  }

  next(name: string): Promise<T> {
    if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift() as T);
    return within(name, new Promise<T>((resolve) => this.#waiting.push(resolve)));
  }

  /** Arrived and not yet taken. */
  get size(): number {
    return this.#arrived.length;
  }
}

/** A connected `ws` client with its frames in an inbox. */
export interface TestClient {
  readonly socket: WebSocket;
  readonly frames: Inbox<string>;
  readonly closed: Promise<{ code: number; reason: string }>;
  send(value: unknown): void;
}

interface ConnectOptions {
  readonly subprotocols?: string[];
  readonly headers?: Record<string, string>;
}

/** Opens a `ws` client. @throws an Error with `status` when the upgrade is refused. */
export function connect(
  url: string,
  { subprotocols = [], headers = {} }: ConnectOptions = {},
): Promise<TestClient> {
  const socket = new WebSocket(url, subprotocols, { headers });
  const frames = new Inbox<string>();
  socket.on('message', (data: Buffer) => frames.put(data.toString()));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const opened = new Promise<TestClient>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      reject(new UpgradeRefused(response.statusCode ?? 0));
      socket.terminate();
    });
    socket.on('open', () =>
      resolve({
        socket,
        frames,
        closed,
        send: (value) => socket.send(typeof value === 'string' ? value : JSON.stringify(value)),
      }),
    );
  });
  return within(`the upgrade of ${url}`, opened);
}

/** The server answered something else than 101. */
export class UpgradeRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** The status an upgrade is answered with; 101 if it succeeds. */
export async function upgradeStatus(url: string, options?: ConnectOptions): Promise<number> {
  try {
    const client = await connect(url, options);
    client.socket.terminate();
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRefused) return error.status;
    throw error;
  }
}

/** POSTs over node:http, as the AWS SDK does. @returns the status, or the code of the error */
export function post(url: string, body: string): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const asked = request(url, { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)).end(body);
  });
}
