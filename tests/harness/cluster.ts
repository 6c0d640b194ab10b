import { createClient, type Role, type Timing } from '@chalkline/client-sdk';
import { signToken, startDevServer, type DevServer, type StoreLimits } from '@chalkline/server';
import type { Faults, GatewayEvent } from '@chalkline/server/emulator';
import { Redis } from 'ioredis';
import { READER, type Truth } from './invariants.ts';
import { ownMessages } from './own-messages.ts';
import type { Random } from './random.ts';
import { Recorder, View, type Tab } from './recorder.ts';
import { startRedis, type RedisProcess } from './redis.ts';
import { SECRET } from './sdk-client.ts';
import { addStoredPoint } from './stored-point.ts';
import { TabEnv } from './tab-env.ts';
import { until } from './until.ts';
import { WireTap } from './wire-tap.ts';

export type StoreKind = 'memory' | 'redis';

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

export interface ClusterOptions {
  store: StoreKind;
  /** @default 1500 ms leases, a third of it for who dropped, and a rate that bursts run into */
  limits?: Partial<StoreLimits>;
  /** Hears of each fault by its kind. */
  onFault?: (kind: string) => void;
}

/** A backend on real sockets, the tabs on it, and everything that can be done to either. */
export class Cluster {
  readonly recorder = new Recorder();
  readonly server: DevServer;
  readonly #redis: RedisProcess | undefined;
  readonly #onFault: (kind: string) => void;
  readonly #listeners: Set<(event: GatewayEvent) => void>;
  #revived: RedisProcess | undefined;

  private constructor(
    server: DevServer,
    redis: RedisProcess | undefined,
    listeners: Set<(event: GatewayEvent) => void>,
    onFault: (kind: string) => void,
  ) {
    this.server = server;
    this.#redis = redis;
    this.#listeners = listeners;
    this.#onFault = onFault;
    addStoredPoint(server);
  }

  static async start({ store, limits, onFault = () => undefined }: ClusterOptions): Promise<Cluster> {
    const redis = store === 'redis' ? await startRedis() : undefined;
    const listeners = new Set<(event: GatewayEvent) => void>();
    const server = await startDevServer({
      secret: SECRET,
      port: 0,
      redisUrl: redis?.url,
      messages: ownMessages,
      storeLimits: { leaseMs: 1_500, graceMs: 500, rateBurst: 150, ratePerSecond: 500, ...limits },
      gateway: {
        observe: (event) => {
          if (event.type === 'fault') onFault(event.kind);
          for (const listener of [...listeners]) listener(event);
        },
      },
    });
    return new Cluster(server, redis, listeners, onFault);
  }

  /** Hears what the gateway tells its observer. */
  readonly onGatewayEvent = (listener: (event: GatewayEvent) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  get redisUrl(): string {
    return this.#redis?.url ?? '';
  }

  get hasRedis(): boolean {
    return this.#redis !== undefined;
  }

  set faults(faults: Faults) {
    this.server.gateway.faults = faults;
  }

  /** Opens a tab; it joins nothing by itself. Its tokens last as long as is said, and it fetches new ones in time. */
  openTab(
    name: string,
    userId: string,
    classrooms: Readonly<Record<string, Role>>,
    random: Random,
    tokenLifeS = 3600,
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
      timing: shortTiming,
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

  /** Redis lives and answers nobody, until `resumeStore`. */
  async stallStore(): Promise<void> {
    this.#onFault('redis.stall');
    await this.#current?.kill('SIGSTOP');
  }

  async resumeStore(): Promise<void> {
    await this.#current?.kill('SIGCONT');
  }

  /** Breaks every connection to Redis, as a failover or an idle limit does. */
  async killStoreConnections(): Promise<void> {
    this.#onFault('redis.kill-connections');
    await this.#askRedis((redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
  }

  /** Redis crashes and comes back empty: every classroom begins a new epoch. */
  async emptyStore(): Promise<void> {
    if (!this.#redis) return;
    this.#onFault('redis.restart-empty');
    await this.#current?.stop();
    this.#revived = await startRedis({ port: this.#redis.port });
  }

  /** What the store has of a classroom now; it hears of the reader as of a member. */
  async readLog(classroomId: string): Promise<Pick<Truth, 'epoch' | 'log'>> {
    const seat = {
      connectionId: 'the-reader',
      clientId: 'the-reader',
      userId: READER,
      name: 'Reader',
      role: 'observer',
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
  async quiet(what: string, holds: () => boolean, ms = 15_000): Promise<void> {
    for (const { client, isClosed } of this.recorder.tabs) if (!isClosed) client.reconnect();
    await until(what, this.recorder.on, holds, ms);
  }

  async close(): Promise<void> {
    await this.resumeStore();
    for (const tab of this.recorder.tabs) if (!tab.isClosed) this.closeTab(tab);
    await this.server.close();
    await this.#revived?.stop();
    await this.#redis?.stop();
  }

  get #current(): RedisProcess | undefined {
    return this.#revived ?? this.#redis;
  }

  async #askRedis(question: (redis: Redis) => Promise<unknown>): Promise<void> {
    if (!this.#redis) return;
    const redis = new Redis(this.#redis.url);
    try {
      await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}

export function nameOf(userId: string): string {
  return userId.charAt(0).toUpperCase() + userId.slice(1);
}
