import type { Env, Timer, Wake } from '@chalkline/client-sdk';
import { WebSocket } from 'ws';
import type { Random } from './random.ts';

export interface TabEnvOptions {
  /** Begins every id that the tab makes. */
  tag: string;
  random: Random;
  /** Hears every frame that the SDK sends, or is given. */
  onFrame?: (way: 'out' | 'in', text: string) => void;
  onWarning?: (message: string) => void;
}

type Ends = 'later' | 'broken';

/** The world around the SDK in one browser tab: real sockets and timers that are counted, and a network that can go. */
export class TabEnv implements Env {
  readonly WebSocket: typeof globalThis.WebSocket;
  readonly timers = new Set<Timer>();
  readonly wakeListeners = new Set<(wake: Wake) => void>();
  readonly #options: TabEnvOptions;
  readonly #sockets = new Set<TabSocket>();
  #isOnline = true;
  #ids = 0;

  constructor(options: TabEnvOptions) {
    this.#options = options;
    const tab = {
      isOnline: () => this.#isOnline,
      add: (socket: TabSocket) => this.#sockets.add(socket),
      remove: (socket: TabSocket) => this.#sockets.delete(socket),
      onFrame: options.onFrame ?? (() => undefined),
    };
    this.WebSocket = class extends TabSocket {
      constructor(url: string, protocols: string[]) {
        super(tab, url, protocols);
      }
    } as unknown as typeof globalThis.WebSocket;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  now(): number {
    return Date.now();
  }

  random(): number {
    return this.#options.random.next();
  }

  newId(): string {
    return `${this.#options.tag}.${(this.#ids += 1)}`;
  }

  setTimeout(run: () => void, ms: number): Timer {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer) this.timers.delete(timer);
    clearTimeout(timer);
  }

  onWake(listener: (wake: Wake) => void): () => void {
    this.wakeListeners.add(listener);
    return () => void this.wakeListeners.delete(listener);
  }

  warn(message: string): void {
    this.#options.onWarning?.(message);
  }

  wake(wake: Wake): void {
    for (const listener of [...this.wakeListeners]) listener(wake);
  }

  /** The network goes: sockets stay open and carry nothing, and no new one opens. */
  goOffline(): void {
    this.#isOnline = false;
    this.wake('offline');
  }

  /** The network is back; what the sockets held back arrives late, or they turn out to be broken. */
  goOnline(ends: Ends): void {
    if (this.#isOnline) return;
    this.#isOnline = true;
    for (const socket of [...this.#sockets]) socket.restore(ends);
    this.wake('online');
  }

  /** As when the access point is changed: every socket breaks. */
  dropSockets(): void {
    for (const socket of [...this.#sockets]) socket.terminate();
  }
}

interface TabOfSocket {
  isOnline(): boolean;
  add(socket: TabSocket): void;
  remove(socket: TabSocket): void;
  onFrame(way: 'out' | 'in', text: string): void;
}

class TabSocket extends WebSocket {
  readonly #tab: TabOfSocket;
  #heldOut: string[] = [];
  #heldIn: unknown[][] = [];

  constructor(tab: TabOfSocket, url: string, protocols: string[]) {
    super(url, protocols);
    this.#tab = tab;
    tab.add(this);
    super.once('close', () => tab.remove(this));
    if (!tab.isOnline()) queueMicrotask(() => this.terminate());
  }

  override send(text: string): void {
    if (!this.#tab.isOnline()) this.#heldOut.push(text);
    else {
      this.#tab.onFrame('out', text);
      super.send(text);
    }
  }

  override emit(name: string | symbol, ...args: unknown[]): boolean {
    if (name === 'message') {
      if (!this.#tab.isOnline()) {
        this.#heldIn.push(args);
        return true;
      }
      this.#tab.onFrame('in', String(args[0]));
    }
    return super.emit(name, ...args);
  }

  restore(ends: Ends): void {
    const out = this.#heldOut.splice(0);
    const incoming = this.#heldIn.splice(0);
    if (ends === 'broken') {
      this.terminate();
      return;
    }
    for (const text of out) if (this.readyState === WebSocket.OPEN) this.send(text);
    for (const args of incoming) this.emit('message', ...args);
  }
}
