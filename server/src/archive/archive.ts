import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ChainableCommander, Cluster, Redis } from 'ioredis';
import { collect, documentsIn, documentVerbs, type RunScript } from '../adapters/redis/redis-documents.ts';
import { classroomKeys } from '../adapters/redis/redis-store.ts';
import { defineScripts } from '../adapters/redis/scripts.ts';
import type { Batch } from '../ports.ts';
import { limitsOf } from '../store-limits.ts';
import { partOf, read, type Kept } from './kept.ts';

/** Where a reading stopped. */
export type KeptPlace = Pick<Kept, 'key' | 'name'>;

/** How much of what was taken away, by kind. */
export type Erased = Record<string, number>;

/** How often a classroom is looked through before it is said that somebody goes on writing. */
const MOST_PASSES = 5;

/** How long replicas may take to have what was erased, in ms. */
const REPLICAS_MS = 2000;
/** Of which one command waits so long: less than a client gives it. */
const WAIT_MS = 500;

const elements = 'elements';

/** What an owner may ask for: to see all that is kept, and to have it gone. */
export class Archive {
  readonly #redis: Redis | Cluster;
  readonly #keyPrefix: string;
  readonly #replicas: number;
  readonly #run: RunScript;

  /**
   * @param keyPrefix the store's. @default 'chalkline:'
   * @param replicas how many have to have what was erased; all that are connected have to in any case. @default 0
   */
  constructor(redis: Redis | Cluster, { keyPrefix = 'chalkline:', replicas = 0 } = {}) {
    this.#redis = redis;
    this.#replicas = replicas;
    this.#keyPrefix = keyPrefix;
    // How long a classroom is kept is none of an operator's business.
    const scripts = defineScripts(redis, limitsOf({ retentionMs: Infinity }));
    this.#run = (_operation, name, classroomId, ...args) =>
      scripts.run(name, this.#keysOf(classroomId), [Date.now(), ...args]);
  }

  /** Everything that is kept of a classroom, key by key: what is written meanwhile may be in one and not in another. */
  async *classroom(classroomId: string, after?: KeptPlace): AsyncGenerator<Kept> {
    const first = after && after.key !== elements ? classroomKeys.indexOf(after.key) : 0;
    for (const [index, key] of classroomKeys.slice(first).entries()) {
      yield* read(this.#redis, this.#keyOf(classroomId, key), key, index === 0 ? after?.name : undefined);
    }
  }

  /** What of a classroom is one user's, also of its whiteboards. */
  async *userIn(classroomId: string, userId: string, after?: KeptPlace): AsyncGenerator<Kept> {
    if (after?.key !== elements) {
      for await (const kept of this.classroom(classroomId, after)) {
        const value = partOf(userId, kept);
        if (value !== undefined) yield { ...kept, value };
      }
    }
    const drawn = await this.#elementsOf(classroomId, userId);
    const names = [...drawn.keys()].sort();
    for (const name of names) {
      if (after?.key !== elements || name > after.name) yield { key: elements, name, value: drawn.get(name) };
    }
  }

  /** Whether there was anything. Who is still there has to join again, and finds an empty classroom of another epoch. */
  async eraseClassroom(classroomId: string): Promise<boolean> {
    const count = await this.#redis.unlink(...this.#keysOf(classroomId));
    await this.#replicate(classroomId);
    return count > 0;
  }

  /**
   * Takes one user out of a classroom, on replicas too; what is left is whole. Everyone who is there loads it anew, within a
   * heartbeat.
   * @param isReal without it nothing changes, and what would go is counted. @default true
   * @throws Error where they write faster than they are erased, or a replica does not answer.
   */
  async eraseUserIn(classroomId: string, userId: string, isReal = true): Promise<Erased> {
    const erased: Erased = {};
    for (let pass = 1; pass <= MOST_PASSES; pass++) {
      // First the strokes: the new epoch that the rest leads to makes everyone load the board without them.
      const strokes = await this.#eraseElements(classroomId, userId, isReal);
      const mode = isReal ? (strokes > 0 ? 'always' : '') : 'count';
      const args = [userId, JSON.stringify(userId), randomUUID(), mode];
      const reply = await this.#run('erase', 'erase', classroomId, ...args);
      const found = { ...(strokes > 0 ? { elements: strokes } : {}), ...countsOf(reply) };
      for (const [what, count] of Object.entries(found)) erased[what] = (erased[what] ?? 0) + count;
      if (!isReal) return erased;
      if (Object.keys(found).length === 0) {
        await this.#replicate(classroomId);
        return erased;
      }
    }
    throw new Error(
      `unable to erase all of ${userId} in ${classroomId}; they go on writing: let nobody sign tokens for them, and try again`,
    );
  }

  /** Forgets the connections of a user, wherever they are. @returns how many */
  async eraseConnections(userId: string, isReal = true): Promise<number> {
    let count = 0;
    for (const connectionId of await this.connectionIds()) {
      const key = `${this.#keyPrefix}connection:${connectionId}`;
      if ((await this.#redis.hget(key, 'userId')) !== userId) continue;
      count += 1;
      const others = ['chunks', 'strikes'].map((kind) => `${this.#keyPrefix}${kind}:${connectionId}`);
      // Each in a slot of its own.
      if (isReal) await Promise.all([key, ...others].map((one) => this.#redis.unlink(one)));
    }
    return count;
  }

  /** Every classroom of which something is kept. */
  classroomIds(): Promise<string[]> {
    return this.#namesBetween(`${this.#keyPrefix}{`, '}:meta');
  }

  /** Every connection that is known, some perhaps gone. */
  connectionIds(): Promise<string[]> {
    return this.#namesBetween(`${this.#keyPrefix}connection:`, '');
  }

  /** A replica that has not heard of it would bring back what was erased when it takes over. @throws Error if one is too late */
  async #replicate(classroomId: string): Promise<void> {
    const mark = this.#keyOf(classroomId, 'erased');
    for (let waited = 0; waited < REPLICAS_MS; waited += WAIT_MS) {
      // A pipeline stays with the node of its key.
      const [, replication] = await this.#pipe((pipeline) => pipeline.exists(mark).info('replication'));
      const connected = Number(/^connected_slaves:(\d+)/m.exec(String(replication))?.[1] ?? 0);
      const replicas = Math.max(connected, this.#replicas);
      // With a write of its own WAIT counts all before it, of whichever connection.
      const [, , count] = await this.#pipe((pipeline) =>
        pipeline.set(mark, '', 'PX', WAIT_MS).unlink(mark).wait(replicas, WAIT_MS),
      );
      if (Number(count) >= replicas) return;
    }
    throw new Error(
      `unable to say that ${classroomId} is erased for good; the primary has done it and a replica has not: ask again`,
    );
  }

  async #pipe(fill: (pipeline: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    const answers = await fill(this.#redis.pipeline()).exec();
    return (answers ?? []).map(([error, answer]) => {
      if (error) throw error;
      return answer;
    });
  }

  async #eraseElements(classroomId: string, userId: string, isReal: boolean): Promise<number> {
    const { withoutAuthor } = await import('./board-authors.ts');
    const drawn = await this.#elementsOf(classroomId, userId);
    const documents = new Set([...drawn.keys()].map((name) => name.slice(0, name.indexOf(':'))));
    for (const document of isReal ? documents : []) {
      const batch = await this.#collect(classroomId, document);
      const { data, damaged } = withoutAuthor(batch.blobs, userId);
      await documentVerbs(this.#run).replace(batch, data, damaged);
    }
    return drawn.size;
  }

  /** Whoever compacts the document at this moment has done so soon, or loses the right to. */
  async #collect(classroomId: string, document: string): Promise<Batch> {
    const lateAt = Date.now() + 2 * limitsOf().compactionMs;
    for (;;) {
      const batch = await collect(this.#run, classroomId, document, 'whole');
      if (batch) return batch;
      if (Date.now() > lateAt)
        throw new Error(`unable to erase from ${document} of ${classroomId}; it is being compacted`);
      await setTimeout(250);
    }
  }

  /** By `<document>:<id>`. */
  async #elementsOf(classroomId: string, userId: string): Promise<Map<string, unknown>> {
    const { authoredIn } = await import('./board-authors.ts');
    const kept = await this.#redis.hgetall(this.#keyOf(classroomId, 'blobs'));
    const found = new Map<string, unknown>();
    for (const [document, blobs] of documentsIn(kept)) {
      for (const [id, element] of authoredIn(blobs, userId)) found.set(`${document}:${id}`, element);
    }
    return found;
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

  #keysOf(classroomId: string): string[] {
    return classroomKeys.map((name) => this.#keyOf(classroomId, name));
  }
}

function countsOf(inTurn: readonly (string | number)[]): Erased {
  const counts: Erased = {};
  for (let at = 0; at < inTurn.length; at += 2) counts[String(inTurn[at])] = Number(inTurn[at + 1]);
  return counts;
}
