import { randomUUID } from 'node:crypto';
import { ChunkAssembler, type Position } from '@chalkline/client-sdk/protocol';
import { type Announcement, type ClassroomStore, type Clock } from '../../ports.ts';
import { limitsOf, type StoreLimits } from '../../store-limits.ts';
import { refusal } from '../refusal.ts';
import { MemoryClassroom } from './memory-classroom.ts';

export interface MemoryStoreOptions {
  clock: Clock;
  limits?: Partial<StoreLimits> | undefined;
  /** Makes the epoch of a new classroom. @default randomUUID */
  newId?: (() => string) | undefined;
}

/** Runs `verb` at once; what it throws becomes the rejection. */
const settle = <T>(verb: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(verb());
  });

/** A store that lives and dies with its process: for the demo on a bare machine, and for tests. */
export function createMemoryStore(options: MemoryStoreOptions): ClassroomStore {
  const { clock, newId = randomUUID } = options;
  const limits = limitsOf(options.limits);
  const classrooms = new Map<string, MemoryClassroom>();
  /** The classrooms joined, by connection. */
  const joined = new Map<string, Set<string>>();
  const assemblers = new Map<string, ChunkAssembler>();
  const strikes = new Map<string, { since: number; count: number }>();

  /** The classroom, unless it does not exist or was kept long enough. */
  const find = (classroomId: string): MemoryClassroom | undefined => {
    const classroom = classrooms.get(classroomId);
    if (!classroom || clock() - classroom.changedAt < limits.retentionMs) return classroom;
    classrooms.delete(classroomId);
    return undefined;
  };
  const open = (classroomId: string): MemoryClassroom => {
    const classroom = find(classroomId) ?? new MemoryClassroom(classroomId, newId(), limits);
    classrooms.set(classroomId, classroom);
    return classroom;
  };
  const need = (classroomId: string, operation: string): MemoryClassroom => {
    const classroom = find(classroomId);
    if (!classroom) throw refusal(operation, 'not-joined');
    return classroom;
  };
  const nothing = (classroomId: string): Announcement => ({
    classroomId,
    epoch: '',
    events: [],
    recipients: [],
  });
  const isNews = ({ events }: Announcement): boolean => events.length > 0;

  return {
    connect: ({ connectionId }) =>
      settle(() => {
        for (const classroomId of classrooms.keys()) find(classroomId);
        joined.set(connectionId, new Set());
      }),
    join: (request) =>
      settle(() => {
        const outcome = open(request.classroomId).join(request, clock());
        const { connectionId } = request.seat;
        joined.set(connectionId, (joined.get(connectionId) ?? new Set()).add(request.classroomId));
        return outcome;
      }),
    leave: (classroomId, connectionId) =>
      settle(() => {
        joined.get(connectionId)?.delete(classroomId);
        return find(classroomId)?.leave(connectionId, clock()) ?? nothing(classroomId);
      }),
    disconnect: (connectionId, isClean) =>
      settle(() => {
        const left = [...(joined.get(connectionId) ?? [])].map((classroomId) => {
          const classroom = find(classroomId);
          const gone = isClean
            ? classroom?.leave(connectionId, clock())
            : classroom?.drop(connectionId, clock());
          return gone ?? nothing(classroomId);
        });
        joined.delete(connectionId);
        strikes.delete(connectionId);
        assemblers.delete(connectionId);
        return left.filter(isNews);
      }),
    append: ({ classroomId, connectionId, drafts }) =>
      settle(() => need(classroomId, 'publish').append(connectionId, drafts, clock())),
    audience: (classroomId, connectionId, topics = [], bytes = 0, asksTeachers = false) =>
      settle(() => need(classroomId, 'signal').audience(connectionId, topics, bytes, asksTeachers, clock())),
    end: (classroomId, connectionId, roles) =>
      settle(() => {
        const ended = need(classroomId, 'end the class').end(connectionId, roles, clock());
        for (const recipient of ended.recipients) joined.get(recipient)?.delete(classroomId);
        return { ...ended, idle: ended.recipients.filter((recipient) => !joined.get(recipient)?.size) };
      }),
    load: (classroomId, connectionId, place) =>
      settle(() => need(classroomId, 'load').load(connectionId, place, clock())),
    collect: (classroomId, document) => settle(() => find(classroomId)?.collect(document, clock())),
    // Nobody could look at what is set aside in here.
    replace: (batch, data) => settle(() => find(batch.classroomId)?.replace(batch, data) ?? false),
    touch: (connectionId, classroomIds, rttMs) =>
      settle(() => {
        const heads: [string, Position][] = [];
        const health: [string, Record<string, number[]>][] = [];
        const announcements: Announcement[] = [];
        for (const classroomId of classroomIds) {
          const classroom = find(classroomId);
          const touched = classroom?.touch(connectionId, clock(), rttMs);
          if (!classroom || !touched) continue;
          heads.push([classroomId, classroom.head]);
          health.push([classroomId, touched.health]);
          if (isNews(touched.announcement)) announcements.push(touched.announcement);
        }
        return { heads: Object.fromEntries(heads), health: Object.fromEntries(health), announcements };
      }),
    sweep: () =>
      settle(() => {
        const found = [...classrooms.keys()].flatMap((classroomId) => find(classroomId) ?? []);
        const announcements = found.map((classroom) => classroom.sweep(clock()));
        return { announcements: announcements.filter(isNews), hasMore: false };
      }),
    history: (classroomId, connectionId, page) =>
      settle(() => need(classroomId, 'read the history').history(connectionId, page, clock())),
    strike: (connectionId, windowMs) =>
      settle(() => {
        const now = clock();
        const before = strikes.get(connectionId);
        const { since, count } = before && now - before.since < windowMs ? before : { since: now, count: 0 };
        strikes.set(connectionId, { since, count: count + 1 });
        return count + 1;
      }),
    gather: (connectionId, chunk) =>
      settle(() => {
        const { chunkBytes: bytes, chunkMs: forgetMs } = limits;
        const assembler = assemblers.get(connectionId) ?? new ChunkAssembler({ now: clock, bytes, forgetMs });
        assemblers.set(connectionId, assembler);
        return assembler.add(chunk);
      }),
    close: () => Promise.resolve(),
  };
}
