import { join } from 'node:path';
import { createClient, type Role, type Timing } from '@chalkline/client-sdk';
import {
  connectRedis,
  createRedisStore,
  signToken,
  startDevServer,
  type DevServer,
  type StoreLimits,
} from '@chalkline/server';
import type { Faults, GatewayEvent } from '@chalkline/server/emulator';
import { Redis } from 'ioredis';
import { READER, type Truth } from './invariants.ts';
import { ownMessages } from './own-messages.ts';
import type { Random } from './random.ts';
import { Recorder, View, type Tab } from './recorder.ts';
import { startRehearsal } from './rehearsal.ts';
import { SECRET } from './sdk-client.ts';
import { startStoreHost, type StoreHost, type StoreKind } from './store-host.ts';
import { addStoredPoint } from './stored-point.ts';
import { TabEnv } from './tab-env.ts';
import { until } from './until.ts';
import { WireTap } from './wire-tap.ts';

/** Everything happens some fifty times sooner than in a browser. */
export const shortTiming = {
  pingMs: 150,
  pongMs: 1_200,
  probeMs: 800,
  requestMs: 1_200,
  connectMs: 3_000,
  tokenMs: 1_000,
  backoffBaseMs: 20,
  reconnectBaseMs: 20,
  backoffCapMs: 200,
  refreshMs: 60_000,
  gapMs: 60,
} satisfies Partial<Timing>;

/** How much longer everything takes where each function starts processes of its own. */
const REHEARSAL_PACE = 5;

function timingAt(pace: number): typeof shortTiming {
  const scaled = Object.entries(shortTiming).map(([name, ms]) => [name, ms * pace]);
  return Object.fromEntries(scaled) as typeof shortTiming;
}

/** Of a backend: what a round looks at and hurts. */
type Backend = Pick<DevServer, 'url' | 'gateway' | 'store' | 'close'>;

export interface ClusterOptions {
  store: StoreKind;
  /** @default 1500 ms leases, a third of it for who dropped, and a rate that bursts run into */
  limits?: Partial<StoreLimits>;
  /** Hears of each fault by its kind. */
  onFault?: (kind: string) => void;
}

export interface TabOptions {
  /** How long its tokens last; it fetches new ones in time. @default 3600 */
  tokenLifeS?: number;
  /** The age at which it moves to its next socket. @default 6600000 */
  swapMs?: number;
}

/** A backend on real sockets, the tabs on it, and everything that can be done to either. */
export class Cluster {
  readonly recorder = new Recorder();
  readonly server: Backend;
  readonly #pace: number;
  readonly #host: StoreHost | undefined;
  readonly #onFault: (kind: string) => void;
  readonly #listeners: Set<(event: GatewayEvent) => void>;
  #isStalled = false;

  private constructor(
    server: Backend,
    host: StoreHost | undefined,
    listeners: Set<(event: GatewayEvent) => void>,
    onFault: (kind: string) => void,
    pace: number,
  ) {
    this.server = server;
    this.#pace = pace;
    this.#host = host;
    this.#listeners = listeners;
    this.#onFault = onFault;
    addStoredPoint(server);
  }

  static async start({ store, limits, onFault = () => undefined }: ClusterOptions): Promise<Cluster> {
    const pace = store === 'rehearsal' ? REHEARSAL_PACE : 1;
    const storeLimits = {
      leaseMs: 1_500 * pace,
      graceMs: 500 * pace,
      rateBurst: 150,
      ratePerSecond: 500,
      ...limits,
    };
    const listeners = new Set<(event: GatewayEvent) => void>();
    const observe = (event: GatewayEvent): void => {
      if (event.type === 'fault') onFault(event.kind);
      for (const listener of [...listeners]) listener(event);
    };
    if (store === 'rehearsal') {
      const { backend, host } = await rehearse(storeLimits, observe);
      return new Cluster(backend, host, listeners, onFault, pace);
    }
    const host = await startStoreHost(store);
    const server = await startDevServer({
      secret: SECRET,
      port: 0,
      messages: ownMessages,
      privateMessages: true,
      storeLimits,
      ...(host ? { store: storeOn(host, storeLimits) } : {}),
      gateway: { observe },
    });
    return new Cluster(server, host, listeners, onFault, pace);
  }

  /** Hears what the gateway tells its observer. */
  readonly onGatewayEvent = (listener: (event: GatewayEvent) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  get redisUrl(): string {
    return this.#host?.url ?? '';
  }

  set faults(faults: Faults) {
    this.server.gateway.faults = faults;
  }

  /** Opens a tab; it joins nothing by itself. */
  openTab(
    name: string,
    userId: string,
    classrooms: Readonly<Record<string, Role>>,
    random: Random,
    { tokenLifeS = 3600, swapMs = 6_600_000 }: TabOptions = {},
  ): Tab {
    const wire = new WireTap();
    const warnings: string[] = [];
    const env = new TabEnv({
      tag: name,
      random,
      onFrame: wire.onFrame,
      onWarning: (message) => warnings.push(message),
    });
    const client = createClient({
      url: this.server.url,
      token: () =>
        signToken({ secret: SECRET, userId, name: nameOf(userId), classrooms, expiresInS: tokenLifeS }),
      env,
      timing: { ...timingAt(this.#pace), swapMs },
      messages: ownMessages,
    });
    client.on('status', this.recorder.notify);
    const views = new Map(
      Object.entries(classrooms).map(([id, role]) => [
        id,
        new View(client.classroom(id), role, this.recorder.notify),
      ]),
    );
    const tab: Tab = {
      name,
      userId,
      classrooms,
      env,
      client,
      wire,
      views,
      warnings,
      isClosed: false,
    };
    this.recorder.tabs.push(tab);
    return tab;
  }

  closeTab(tab: Tab): void {
    for (const view of tab.views.values()) view.closeBoard();
    tab.client.close();
    tab.isClosed = true;
    for (const view of tab.views.values()) view.isWanted = false;
    tab.leftovers = { timers: tab.env.timers.size, wakeListeners: tab.env.wakeListeners.size };
    this.recorder.notify();
  }

  get isStalled(): boolean {
    return this.#isStalled;
  }

  /** Redis lives and answers nobody, until `resumeStore`. */
  async stallStore(): Promise<void> {
    this.#onFault('redis.stall');
    this.#isStalled = true;
    await this.#host?.primary().kill('SIGSTOP');
  }

  /** What is written from now on does not reach the replica, until `resumeStore`. */
  holdReplica(): void {
    if (!this.#host?.replica) return;
    this.#onFault('redis.hold-replica');
    this.#host.replica.isHeld = true;
  }

  async resumeStore(): Promise<void> {
    this.#isStalled = false;
    await this.#host?.primary().kill('SIGCONT');
    if (this.#host?.replica) this.#host.replica.isHeld = false;
  }

  /** Breaks every connection to Redis, as a failover or an idle limit does. */
  async killStoreConnections(): Promise<void> {
    if (!this.#host) return;
    this.#onFault('redis.kill-connections');
    const redis = new Redis(this.#host.url);
    try {
      await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    } finally {
      redis.disconnect();
    }
  }

  /** Redis crashes and comes back empty: every classroom begins a new epoch. */
  async emptyStore(): Promise<void> {
    this.#onFault('redis.restart-empty');
    await this.#host?.empty?.();
  }

  /** The primary crashes and its replica takes its place, perhaps without the end of each log. */
  async failOverStore(): Promise<void> {
    this.#onFault('redis.fail-over');
    await this.#host?.replica?.promote();
  }

  /** Asks the client behind a connection to move to another socket, or all of them. */
  goAway(connectionIds: readonly string[], withinMs: number): void {
    const body = JSON.stringify({ v: 1, action: 'goaway', withinMs });
    for (const connectionId of connectionIds) {
      const url = `${this.server.gateway.callbackUrl}/@connections/${encodeURIComponent(connectionId)}`;
      // Whoever is gone by then needs no asking, and a fault may take it.
      void fetch(url, { method: 'POST', body }).catch(() => undefined);
    }
  }

  /** What the store has of a classroom now; it hears of the reader as of a member. */
  async readLog(classroomId: string): Promise<Pick<Truth, 'epoch' | 'log'>> {
    const seat = {
      connectionId: 'the-reader',
      clientId: 'the-reader',
      userId: READER,
      name: 'Reader',
      // What is private is a part of the truth.
      role: 'teacher',
      expiresAt: Date.now() + 3_600_000,
    } as const;
    const { store } = this.server;
    const { head } = await store.join({ classroomId, seat });
    const { recovered, events } = await store.join({
      classroomId,
      seat,
      position: { epoch: head.epoch, seq: 0 },
    });
    if (!recovered) throw new Error(`the log of ${classroomId} no longer reaches back to its beginning`);
    return { epoch: head.epoch, log: events };
  }

  /** No fault from now on, and every tab has its network. */
  async heal(): Promise<void> {
    this.faults = {};
    await this.resumeStore();
    for (const { env } of this.recorder.tabs) env.goOnline('later');
  }

  /** Resolves when every wish of the app has come true; asks every link for its pulse, so that nobody waits for a timer. */
  async quiet(what: string, holds: () => boolean, ms = 15_000 * this.#pace): Promise<void> {
    for (const { client, isClosed } of this.recorder.tabs) if (!isClosed) client.reconnect();
    await until(what, this.recorder.on, holds, ms);
  }

  async close(): Promise<void> {
    await this.resumeStore();
    for (const tab of this.recorder.tabs) if (!tab.isClosed) this.closeTab(tab);
    await this.server.close();
    await this.#host?.stop();
  }
}

function storeOn(host: StoreHost, limits: Partial<StoreLimits>) {
  const replicas = host.replica ? 1 : 0;
  const redis = connectRedis(host.url);
  return createRedisStore({ redis, clock: Date.now, replicas, replicaTimeoutMs: 50, limits });
}

/** The deployment of `tests/harness/rehearsal.ts`, and a store beside it that reads what its functions wrote. */
async function rehearse(
  limits: Partial<StoreLimits>,
  observe: (event: GatewayEvent) => void,
): Promise<{ backend: Backend; host: StoreHost }> {
  const app = join(import.meta.dirname, '../rehearsal/app.ts');
  const { url, gateway, primary, certificate, close } = await startRehearsal({ app, limits, observe });
  const redis = connectRedis(primary.url, { certificateAuthority: certificate.pem });
  const store = createRedisStore({ redis, clock: Date.now, limits });
  return {
    backend: {
      url,
      gateway,
      store,
      async close() {
        await store.close();
        await close();
      },
    },
    host: { url: primary.url, primary: () => primary, stop: () => Promise.resolve() },
  };
}

export function nameOf(userId: string): string {
  return userId.charAt(0).toUpperCase() + userId.slice(1);
}
