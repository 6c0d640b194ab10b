import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import {
  ChalklineError,
  CHUNKED_FRAMES,
  chunkRefusal,
  HEALTH_MEMBERS,
  silentFromMs,
  SLOW_RTT_MS,
  visibleTo,
  type Sender,
} from '@chalkline/client-sdk/protocol';
import { deadlines } from '../../deadlines.ts';
import type { Announcement, ClassroomStore, Clock, Reader } from '../../ports.ts';
import { limitsOf, type StoreLimits } from '../../store-limits.ts';
import { refusal } from '../refusal.ts';
import { within } from '../deadline.ts';
import { Doubt } from './doubt.ts';
import { createPageReader } from './page-reader.ts';
import {
  argumentsOf,
  byJoining,
  eventsOf,
  inOrder,
  memberOf,
  messagesOf,
  othersOf,
  readersOf,
  resultOf,
  seatOf,
} from './replies.ts';
import { documentVerbs, type RunScript } from './redis-documents.ts';
import { defineScripts, type Replies, type ScriptName } from './scripts.ts';

export interface RedisStoreOptions {
  /** The primary, or the cluster. */
  redis: Redis | Cluster;
  clock: Clock;
  limits?: Partial<StoreLimits> | undefined;
  /** @default 'chalkline:' */
  keyPrefix?: string | undefined;
  /** Makes the first part of a new classroom's epoch. @default randomUUID */
  newId?: (() => string) | undefined;
  /**
   * How many replicas have to have what was appended before `append` says `replicated`. Without it `append` neither
   * waits nor says. @default 0
   */
  replicas?: number | undefined;
  /** How long `append` waits for them; it must be less than the client's `commandTimeout`. @default 100 */
  replicaTimeoutMs?: number | undefined;
  /** Where pages of history are read if they are there yet: docs/failover.md says what may lag. @default `redis` */
  reader?: Redis | Cluster | undefined;
  /** The longest that any call of Redis may take, in ms: less than a Lambda has. @default 2500 */
  deadlineMs?: number | undefined;
}

/** For how long replicas that were late are not waited for again. */
const DOUBT_MS = 1000;

/** How many classrooms one sweep looks at. */
const SWEEP_CLASSROOMS = 100;

/** What a classroom is kept under, in the order in which the scripts take it. */
export const classroomKeys = [
  'meta',
  'log',
  'ids',
  'chat',
  'seats',
  'members',
  'leases',
  'rate',
  'old-ids',
  'slow',
  'state',
  'documents',
  'blob-order',
  'blobs',
  'damaged',
] as const;
const joinedField = 'joined:';

const isNews = ({ events }: Announcement): boolean => events.length > 0;

/**
 * A store in Redis or Valkey, alone or in cluster mode: all keys of a classroom share one hash tag, and each verb is one
 * script call for each classroom it names. The store closes its clients with itself.
 */
export function createRedisStore(options: RedisStoreOptions): ClassroomStore {
  const { redis, reader, clock, keyPrefix = 'chalkline:', newId = randomUUID } = options;
  const { replicas = 0, replicaTimeoutMs = 100, deadlineMs = deadlines.storeMs } = options;
  const limits = limitsOf(options.limits);
  const scripts = defineScripts(redis, limits);
  const readPage = reader && createPageReader(defineScripts(reader, limits));
  const doubt = new Doubt(DOUBT_MS);

  /** @throws ChalklineError `internal` if Redis fails, or gives no answer in time. */
  const ask = async <T>(operation: string, question: () => Promise<T>): Promise<T> => {
    try {
      return await within(deadlineMs, question());
    } catch (cause) {
      throw new ChalklineError('internal', `unable to ${operation}; the store did not answer`, { cause });
    }
  };
  const keysOf = (classroomId: string): string[] =>
    classroomKeys.map((key) => `${keyPrefix}{${classroomId}}:${key}`);
  const run: RunScript = (operation, name, classroomId, ...args) =>
    ask(operation, () => scripts.run(name, keysOf(classroomId), [clock(), ...args]));
  /** As `run`, and whether the replicas have it; undefined if nobody asked for that. */
  const runAndWait = async <N extends ScriptName>(
    operation: string,
    name: N,
    classroomId: string,
    ...args: (string | number)[]
  ): Promise<{ reply: Replies[N]; isReplicated: boolean | undefined }> => {
    if (replicas === 0) {
      return { reply: await run(operation, name, classroomId, ...args), isReplicated: undefined };
    }
    // A WAIT holds up its connection: one after the other, in vain, they would hold up every classroom.
    const isPatient = !doubt.isCast;
    const wait = { replicas, timeoutMs: isPatient ? replicaTimeoutMs : 1 };
    const { reply, count } = await ask(operation, () =>
      scripts.runAndWait(name, keysOf(classroomId), [clock(), ...args], wait),
    );
    const isReplicated = count !== undefined && count >= replicas;
    if (count !== undefined && !isReplicated && isPatient) doubt.cast();
    return { reply, isReplicated };
  };
  const scheduleKey = `${keyPrefix}sweeps`;
  const connectionKey = (connectionId: string): string => `${keyPrefix}connection:${connectionId}`;
  const remember = (operation: string, connectionId: string, ...fields: string[]): Promise<1> =>
    ask(operation, () =>
      scripts.run('remember', [connectionKey(connectionId)], [limits.retentionMs, ...fields]),
    );
  /** Says when a classroom is to be swept: a while from now, or not before the next join. */
  const schedule = (operation: string, classroomId: string, inMs: number | undefined): Promise<1> => {
    const now = clock();
    const due = inMs === undefined ? '' : now + inMs;
    const args = [classroomId, now, due, limits.retentionMs];
    return ask(operation, () => scripts.run('schedule', [scheduleKey], args));
  };
  const announce = (
    classroomId: string,
    [epoch, written, recipients]: Replies['leave'],
    except?: string,
  ): Announcement => ({
    classroomId,
    epoch,
    events: eventsOf(written),
    recipients: othersOf(recipients, except),
  });
  const giveUp = async (name: 'leave' | 'drop', classroomId: string, connectionId: string) =>
    announce(classroomId, await run('leave', name, classroomId, connectionId));

  return {
    async connect({ connectionId, userId, classroomIds }) {
      await remember('connect', connectionId, 'userId', userId, 'classroomIds', JSON.stringify(classroomIds));
    },

    async join({ classroomId, seat, position }) {
      const { connectionId, clientId, turn = 0, userId, name, expiresAt } = seat;
      // The role is last: the script may put another in its place.
      const sender = JSON.stringify({ userId, name, role: seat.role } satisfies Sender);
      const [reply] = await Promise.all([
        run(
          'join',
          'join',
          classroomId,
          connectionId,
          clientId,
          userId,
          seat.role,
          expiresAt,
          sender,
          newId(),
          position?.epoch ?? '',
          position?.seq ?? '',
          turn,
        ),
        // Other slots, so other calls, on their way at the same time. If one fails, the lease ends the seat.
        remember('join', connectionId, 'userId', userId, `${joinedField}${classroomId}`, ''),
        schedule('join', classroomId, limits.leaseMs),
      ]);
      if (typeof reply === 'string') throw refusal('join', reply);
      const [epoch, seq, role, members, recovered, events, chat, written, recipients, state] = reply;
      return {
        head: { epoch, seq },
        role,
        members: members.map(memberOf).sort(byJoining),
        recovered: recovered === 1,
        events: eventsOf(events).map((event) => visibleTo(event, { userId, role })),
        chat: messagesOf(chat.slice(0, limits.joinChatEvents).reverse()).map((event) =>
          visibleTo(event, { userId, role }),
        ),
        hasOlderChat: chat.length > limits.joinChatEvents,
        state: inOrder(state),
        graceMs: limits.graceMs,
        leaseMs: limits.leaseMs,
        announcement: announce(classroomId, [epoch, written, recipients], connectionId),
      };
    },

    async leave(classroomId, connectionId) {
      const [announcement] = await Promise.all([
        giveUp('leave', classroomId, connectionId),
        ask('leave', () => redis.hdel(connectionKey(connectionId), `${joinedField}${classroomId}`)),
      ]);
      return announcement;
    },

    async disconnect(connectionId, isClean) {
      const key = connectionKey(connectionId);
      const fields = await ask('disconnect', () => redis.hkeys(key));
      const left = await Promise.all(
        fields
          .filter((field) => field.startsWith(joinedField))
          .map((field) => giveUp(isClean ? 'leave' : 'drop', field.slice(joinedField.length), connectionId)),
      );
      // Last, so that a call that failed half-way can be repeated.
      await ask('disconnect', () => redis.del(key));
      return left.filter(isNews);
    },

    async append({ classroomId, connectionId, drafts }) {
      const { reply, isReplicated } = await runAndWait(
        'publish',
        'append',
        classroomId,
        connectionId,
        ...drafts.flatMap(argumentsOf),
      );
      if (typeof reply === 'string') throw refusal('publish', reply);
      const [epoch, results, written, recipients, due, removed, seats] = reply;
      const readers = readersOf(seats);
      return {
        ...(isReplicated === undefined ? {} : { replicated: isReplicated }),
        results: drafts.map((draft, index) => resultOf(draft, results[index] ?? '')),
        announcement: {
          ...announce(classroomId, [epoch, written, recipients], connectionId),
          ...(readers ? { readers } : {}),
        },
        due,
        removed,
      };
    },

    async audience(classroomId, connectionId, topics = [], bytes = 0, asksTeachers = false) {
      const asks = Number(asksTeachers);
      const reply = await run('signal', 'audience', classroomId, connectionId, bytes, asks, ...topics);
      if (typeof reply === 'string') throw refusal('signal', reply);
      const [seat, connectionIds, closed, ofTeachers] = reply;
      const recipients = othersOf(connectionIds, connectionId);
      const teachers = ofTeachers.filter((other) => other !== connectionId);
      return { seat: seatOf(connectionId, seat), recipients, teachers, closed };
    },

    async end(classroomId, connectionId, roles) {
      const operation = 'end the class';
      const readerId = `${connectionId}:reader`;
      const reply = await run(operation, 'end', classroomId, connectionId, `,${roles.join(',')},`, readerId);
      if (typeof reply === 'string') throw refusal(operation, reply);
      const [connectionIds, state, documents] = reply;
      const recipients = othersOf(connectionIds);
      const seatsElsewhere = await Promise.all(
        recipients.map((recipient) =>
          ask(operation, async () => {
            await redis.hdel(connectionKey(recipient), `${joinedField}${classroomId}`);
            const fields = await redis.hkeys(connectionKey(recipient));
            return fields.filter((field) => field.startsWith(joinedField)).length;
          }),
        ),
      );
      const idle = recipients.filter((_, index) => seatsElsewhere[index] === 0);
      return { recipients, idle, readerId, state: inOrder(state), documents };
    },

    ...documentVerbs(run),

    async touch(connectionId, classroomIds, rttMs) {
      const touched = await Promise.all(
        classroomIds.map(async (classroomId) => {
          const link = [rttMs ?? '', SLOW_RTT_MS, silentFromMs(limits.leaseMs), HEALTH_MEMBERS];
          const reply = await run('touch', 'touch', classroomId, connectionId, ...link);
          const [epoch, seq, isSeated, links, ...news] = reply;
          const announcement = announce(classroomId, [epoch, ...news]);
          return { classroomId, head: { epoch, seq }, isSeated: isSeated === 1, links, announcement };
        }),
      );
      const seated = touched.filter(({ isSeated }) => isSeated);
      return {
        heads: Object.fromEntries(seated.map(({ classroomId, head }) => [classroomId, head])),
        health: Object.fromEntries(
          seated.map(({ classroomId, links }) => [
            classroomId,
            Object.fromEntries(links.map(([userId, ...link]) => [userId, link])),
          ]),
        ),
        announcements: touched.map(({ announcement }) => announcement).filter(isNews),
      };
    },

    async sweep() {
      const due = await ask('sweep', () =>
        redis.zrangebyscore(scheduleKey, '-inf', clock(), 'LIMIT', 0, SWEEP_CLASSROOMS),
      );
      const announcements = await Promise.all(
        due.map(async (classroomId) => {
          const [epoch, written, recipients, isEmpty] = await run('sweep', 'sweep', classroomId);
          // Members who are there look after it themselves, with each ping.
          await schedule('sweep', classroomId, isEmpty === 1 ? undefined : 5 * limits.leaseMs);
          return announce(classroomId, [epoch, written, recipients]);
        }),
      );
      return { announcements: announcements.filter(isNews), hasMore: due.length === SWEEP_CLASSROOMS };
    },

    async history(classroomId, connectionId, { before, limit }) {
      const operation = 'read the history';
      const page = readPage?.(keysOf(classroomId), clock(), before, limit + 1);
      let texts: readonly string[] | undefined;
      let reader: Reader | undefined;
      if (page) {
        // Whoever was removed a moment ago still has a seat on the replica: only the primary knows.
        const seat = await run(operation, 'seat', classroomId, connectionId);
        if (typeof seat === 'string') throw refusal(operation, seat);
        const [userId, role, ...head] = seat;
        reader = { userId, role };
        texts = (await page)(...head);
      }
      if (!texts || !reader) {
        const reply = await run(operation, 'history', classroomId, connectionId, before ?? '', limit + 1);
        if (typeof reply === 'string') throw refusal(operation, reply);
        const [userId, role, messages] = reply;
        reader = { userId, role };
        texts = messages;
      }
      const { userId, role } = reader;
      const events = messagesOf(texts.slice(0, limit).reverse());
      return {
        events: events.map((event) => visibleTo(event, { userId, role })),
        hasOlder: texts.length > limit,
      };
    },

    async strike(connectionId, windowMs) {
      const key = `${keyPrefix}strikes:${connectionId}`;
      return await ask('count the frame', () => scripts.run('strike', [key], [clock(), windowMs]));
    },

    async gather(connectionId, { id, index, count, data }) {
      const key = `${keyPrefix}chunks:${connectionId}`;
      const bounds = [limits.chunkMs, limits.chunkBytes, CHUNKED_FRAMES];
      const args = [clock(), ...bounds, id, index, count, data];
      const [outcome, text] = await ask('keep the chunk', () => scripts.run('gather', [key], args));
      if (outcome === 'whole') return text;
      if (outcome === 'partial') return undefined;
      throw chunkRefusal(outcome);
    },

    async close() {
      await Promise.all(
        [redis, ...(reader ? [reader] : [])].map(async (client) => {
          // Without a connection there is nothing to wait for, and `quit` would wait for one.
          if (client.status !== 'ready') client.disconnect();
          else await ask('close', () => client.quit()).catch(() => client.disconnect());
        }),
      );
    },
  };
}
