import type { Cluster, Redis } from 'ioredis';
import { classroomKeys } from '../adapters/redis/redis-store.ts';
import { inOrder, messagesOf } from '../adapters/redis/replies.ts';

/** Whatever Redis holds under one key, as JSON can say it. */
type Kept = Record<string, string> | readonly unknown[] | string;

/** All that is kept of a classroom, key by key; of the log and the chat their events. */
export interface ClassroomArchive {
  classroomId: string;
  exportedAt: string;
  keys: Readonly<Record<string, Kept>>;
}

/** An event of some classroom, as its log or its chat keeps it. */
export interface FoundEvent {
  classroomId: string;
  event: { seq: number; from: { userId: string } };
}

/** What an owner may ask for: to see all that is kept, and to have it gone. */
export class Archive {
  readonly #redis: Redis | Cluster;
  readonly #keyPrefix: string;

  /** @param keyPrefix the store's. @default 'chalkline:' */
  constructor(redis: Redis | Cluster, keyPrefix = 'chalkline:') {
    this.#redis = redis;
    this.#keyPrefix = keyPrefix;
  }

  /** Undefined if nothing is kept of it. Reads key by key: what is written meanwhile may be in one key and not the other. */
  async exportClassroom(classroomId: string): Promise<ClassroomArchive | undefined> {
    const keys: Record<string, Kept> = {};
    for (const name of classroomKeys) {
      const key = this.#keyOf(classroomId, name);
      const isOfEvents = name === 'log' || name === 'chat';
      const kept = isOfEvents ? await this.#eventsOf(classroomId, name) : await this.#read(key);
      if (kept !== undefined && (!isOfEvents || kept.length !== 0)) keys[name] = kept;
    }
    if (Object.keys(keys).length === 0) return undefined;
    return { classroomId, exportedAt: new Date().toISOString(), keys };
  }

  /** Whether there was anything. Who is still there has to join again, and finds an empty classroom of another epoch. */
  async eraseClassroom(classroomId: string): Promise<boolean> {
    const gone = await this.#redis.unlink(...classroomKeys.map((name) => this.#keyOf(classroomId, name)));
    return gone > 0;
  }

  /** Every event that a user published and that is still kept, classroom by classroom, each once. */
  async exportUser(userId: string): Promise<FoundEvent[]> {
    const found: FoundEvent[] = [];
    for (const classroomId of await this.classroomIds()) {
      const bySeq = new Map<number, FoundEvent['event']>();
      for (const name of ['log', 'chat'] as const) {
        for (const event of await this.#eventsOf(classroomId, name))
          if (event.from.userId === userId) bySeq.set(event.seq, event);
      }
      found.push(
        ...[...bySeq.values()].sort((a, b) => a.seq - b.seq).map((event) => ({ classroomId, event })),
      );
    }
    return found;
  }

  /** Every classroom of which something is kept. */
  classroomIds(): Promise<string[]> {
    return this.#namesBetween(`${this.#keyPrefix}{`, '}:meta');
  }

  /** Every connection that is known, some perhaps gone. */
  connectionIds(): Promise<string[]> {
    return this.#namesBetween(`${this.#keyPrefix}connection:`, '');
  }

  async #namesBetween(head: string, tail: string): Promise<string[]> {
    const nodes = 'nodes' in this.#redis ? this.#redis.nodes('master') : [this.#redis];
    const names = new Set<string>();
    for (const node of nodes) {
      const found = node.scanStream({ match: `${head}*${tail}`, count: 1000 }) as AsyncIterable<string[]>;
      for await (const keys of found)
        for (const key of keys) names.add(key.slice(head.length, key.length - tail.length));
    }
    return [...names].sort();
  }

  #keyOf(classroomId: string, name: string): string {
    return `${this.#keyPrefix}{${classroomId}}:${name}`;
  }

  async #eventsOf(classroomId: string, name: 'log' | 'chat'): Promise<FoundEvent['event'][]> {
    const key = this.#keyOf(classroomId, name);
    if (name === 'log') return inOrder(await this.#redis.hvals(key));
    return messagesOf(await this.#redis.zrange(key, 0, '-1'));
  }

  async #read(key: string): Promise<Kept | undefined> {
    switch (await this.#redis.type(key)) {
      case 'none':
        return undefined;
      case 'hash':
        return await this.#redis.hgetall(key);
      case 'zset':
        return await this.#redis.zrange(key, 0, '-1', 'WITHSCORES');
      case 'list':
        return await this.#redis.lrange(key, 0, -1);
      default:
        return (await this.#redis.get(key)) ?? undefined;
    }
  }
}
