import { Redis } from 'ioredis';
import { Ledger, type Faultfinding } from './ledger.ts';
import { printOf } from './load-messages.ts';

/** Entries that one question asks for. */
const PAGE = 5_000;

type Answers = [replication: string, epoch: string | null, events: (string | null)[]];

/** Reads the log of every classroom in Redis itself, past the backend, and holds it against what the members were told. */
export class Auditor {
  readonly #url: string;
  readonly #found: Faultfinding;
  readonly #classroomIds: readonly string[];
  readonly #ledgers = new Map<string, Ledger>();
  readonly #newest = new Map<string, string>();
  #redis: Redis;

  constructor(url: string, classroomIds: readonly string[], found: Faultfinding) {
    this.#url = url;
    this.#classroomIds = classroomIds;
    this.#found = found;
    this.#redis = this.#connect();
  }

  /** The ledger of an epoch of a classroom. */
  ledger(classroomId: string, epoch: string): Ledger {
    const key = `${classroomId} ${epoch}`;
    let ledger = this.#ledgers.get(key);
    if (!ledger) this.#ledgers.set(key, (ledger = new Ledger(key, this.#found)));
    return ledger;
  }

  /** The epoch that was read last, and how far. */
  head(classroomId: string): { epoch: string; seq: number } | undefined {
    const epoch = this.#newest.get(classroomId);
    return epoch === undefined ? undefined : { epoch, seq: this.ledger(classroomId, epoch).end };
  }

  /** Reads on to the end of every log. */
  async read(): Promise<void> {
    for (const classroomId of this.#classroomIds) {
      while ((await this.#readPage(classroomId)) === PAGE);
      for (const [key, ledger] of this.#ledgers) if (key.startsWith(`${classroomId} `)) ledger.settle();
    }
  }

  /** Stops all writes, so that the last reading of an epoch misses none; the server is about to be ended. */
  async readToTheEnd(): Promise<void> {
    await this.#redis.call('CLIENT', 'PAUSE', 60_000, 'WRITE');
    await this.read();
  }

  /** The server came back empty: nothing more will be written to what there was. */
  beginAnew(): void {
    for (const ledger of this.#ledgers.values()) ledger.close();
    this.#redis.disconnect();
    this.#redis = this.#connect();
  }

  close(): void {
    for (const ledger of this.#ledgers.values()) ledger.close();
    this.#redis.disconnect();
  }

  /** @returns how many entries there were. */
  async #readPage(classroomId: string): Promise<number> {
    const key = (name: string): string => `chalkline:{${classroomId}}:${name}`;
    const known = this.head(classroomId);
    const [replication, name, found] = await this.#ask(key('meta'), key('log'), known?.seq);
    if (name === null) return 0;
    // As the store's scripts name an epoch.
    const epoch = `${name}.${/master_replid:(\w{12})/.exec(replication)?.[1] ?? ''}`;
    if (known && known.epoch !== epoch) {
      this.#newest.delete(classroomId);
      return await this.#readPage(classroomId);
    }
    this.#newest.set(classroomId, epoch);
    const ledger = this.ledger(classroomId, epoch);
    const entries = found.filter((text) => text !== null);
    for (const text of entries) {
      const event = JSON.parse(text) as Parameters<typeof printOf>[0];
      ledger.write(event.seq, printOf(event), event.data as { s?: number; n?: number });
    }
    return entries.length;
  }

  /** Its own connection may be among those that are killed, so it asks until there is an answer. */
  async #ask(meta: string, log: string, after = 0): Promise<Answers> {
    for (let attempt = 1; ; attempt++) {
      try {
        const question = this.#redis.multi().info('replication').hget(meta, 'epoch');
        const places = Array.from({ length: PAGE }, (_, index) => String(after + 1 + index));
        const replies = await question.hmget(log, ...places).exec();
        const answers = (replies ?? []).map(([error, reply]) => {
          if (error) throw error;
          return reply;
        });
        return answers as Answers;
      } catch (error) {
        if (attempt === 10) throw error;
      }
    }
  }

  #connect(): Redis {
    const redis = new Redis(this.#url, { retryStrategy: () => 100, maxRetriesPerRequest: null });
    // It comes back by itself, and every question waits for it.
    redis.on('error', () => undefined);
    return redis;
  }
}
