import type { ChatMessage, ClassroomEvent, Member, Role, StateRecord } from '@chalkline/client-sdk';
import { isDeepStrictEqual } from 'node:util';
import type * as Y from 'yjs';
import type { Run, Tab, View } from './recorder.ts';

/** The user as whom the store's log is read. */
export const READER = 'the-reader';

/** What is known while a round goes on. */
export interface Evidence {
  tabs: readonly Tab[];
  /** `<classroom> <user>` of everyone whom somebody wanted to make a teacher, and who may have been one. */
  appointed: ReadonlySet<string>;
}

/** A classroom as the store holds it, and as a member sees it who came last. */
export interface Truth {
  epoch: string;
  /** From seq 1 on. */
  log: readonly ClassroomEvent[];
  newcomer: {
    members: readonly Member[];
    chat: readonly ChatMessage[];
    state: readonly StateRecord[];
    board: Y.Doc | undefined;
  };
  /** Who has an open tab that wants to be in. */
  living: ReadonlySet<string>;
}

/** What is known at the end, when all faults are healed and all is quiet. */
export interface FinalEvidence extends Evidence {
  classrooms: ReadonlyMap<string, Truth>;
  mayPublish: (role: Role, type: string) => boolean;
}

/** Yields a sentence for each way in which a promise was broken. */
export type Invariant<E> = (evidence: E) => Iterable<string>;

function* viewsOf({ tabs }: Evidence): Iterable<{ name: string; tab: Tab; id: string; view: View }> {
  for (const tab of tabs) {
    for (const [id, view] of tab.views) yield { name: `${tab.name} in ${id}`, tab, id, view };
  }
}

const heardBy = (view: View): Run['heard'] => view.runs.flatMap(({ heard }) => heard);

/** Each event once, by seq, without a gap, within one epoch; a discontinuity or a new join starts the count anew. */
export function* onceInOrderWithoutGap(evidence: Evidence): Iterable<string> {
  for (const { name, view } of viewsOf(evidence)) {
    const highest = new Map<string, number>();
    for (const { from, heard } of view.runs) {
      let { seq } = from;
      for (const { event, position } of heard) {
        if (position?.epoch !== from.epoch || position.seq !== event.seq)
          yield `${name} heard ${event.seq} and stands at ${JSON.stringify(position)}, from ${JSON.stringify(from)}`;
        if (event.seq !== seq + 1) yield `${name} heard ${event.seq} after ${seq}`;
        if (event.seq <= (highest.get(from.epoch) ?? 0)) yield `${name} heard ${event.seq} twice`;
        highest.set(from.epoch, event.seq);
        seq = event.seq;
      }
    }
  }
}

/** Wherever two members heard an event of one place, it was the same event. */
export function* oneLogForAll(evidence: Evidence): Iterable<string> {
  const known = new Map<string, { name: string; event: ClassroomEvent }>();
  for (const { name, id, view } of viewsOf(evidence)) {
    for (const { event, position } of heardBy(view)) {
      const place = `${id} ${position?.epoch} ${event.seq}`;
      const other = known.get(place);
      if (!other) known.set(place, { name, event });
      else if (!isSame(other.event, event))
        yield `${name} heard ${event.id} at ${event.seq} where ${other.name} heard ${other.event.id}`;
    }
  }
}

/**
 * Whether two members were told of the same event. Of what is private, or was edited away or deleted before it was read, a
 * place is told; and a chat message as it is when it is read.
 */
export function isSame(one: ClassroomEvent, other: ClassroomEvent): boolean {
  const isHidden = [one, other].some(({ type }) => type === 'chat.hidden');
  if (isHidden) return one.seq === other.seq && one.at === other.at;
  const isMessage = [one, other].every(({ type }) => /^chat\.(send|announce|whisper|gone)$/.test(type));
  // Of its own event a client has the ack, which does not say who else may read it.
  const whole = (event: ClassroomEvent) => ({ ...event, to: undefined });
  if (!isMessage) return isDeepStrictEqual(whole(one), whole(other));
  const { id, seq, at, from } = one;
  return isDeepStrictEqual(
    { id, seq, at, from },
    { id: other.id, seq: other.seq, at: other.at, from: other.from },
  );
}

/** What is private is told to nobody but the teachers and those whom it is for. */
export function* privateStaysPrivate({ tabs, appointed }: Evidence): Iterable<string> {
  for (const { name, userId, wire, classrooms } of tabs) {
    for (const { classroomId, event } of wire.private)
      if (
        classrooms[classroomId] !== 'teacher' &&
        !appointed.has(`${classroomId} ${userId}`) &&
        !event.to?.includes(userId)
      )
        yield `${name} was told of ${event.type} at ${event.seq}, which is for ${String(event.to)}`;
  }
}

/** Nothing is said to the app before `joined`, nor after `left`. */
export function* silentUnlessJoined(evidence: Evidence): Iterable<string> {
  for (const { name, view } of viewsOf(evidence)) {
    for (const { event } of view.early) yield `${name} heard ${event.seq} before it was joined`;
    for (const { event, status, isWanted } of heardBy(view)) {
      if (status !== 'joined') yield `${name} heard ${event.seq} while ${status}`;
      if (!isWanted) yield `${name} heard ${event.seq} after it had left`;
    }
  }
}

/** A resend under the same id is told the first position, by every ack and by the event itself. */
export function* resendKeepsItsPlace({ tabs }: Evidence): Iterable<string> {
  for (const { name, wire } of tabs) {
    for (const [id, acks] of wire.acks) {
      const places = new Map<string, number>();
      for (const { epoch, seq } of [...acks, ...(wire.places.get(id) ?? [])]) {
        const first = places.get(epoch) ?? seq;
        places.set(epoch, first);
        if (seq !== first) yield `${name} was told ${first} and ${seq} for ${id}`;
      }
    }
  }
}

/** `recovered: true` comes with everything after the position that was asked from, or says that there is nothing. */
export function* recoveredIsHonest({ tabs }: Evidence): Iterable<string> {
  /** What does not fit into the frame of the answer follows in others, which a fault may take; the gap is seen then. */
  const oneFrameBytes = 100 * 1024;
  const sizeOf = (place: string): number =>
    tabs.map(({ wire }) => wire.sizes.get(place)).find((bytes) => bytes !== undefined) ?? Infinity;
  for (const { name, wire } of tabs) {
    for (const { classroomId, asked, head, recovered, seqs, bytes } of wire.recoveries) {
      if (!recovered) {
        if (seqs.length > 0) yield `${name} was not recovered in ${classroomId}, and got events all the same`;
        continue;
      }
      if (asked?.epoch !== head.epoch) {
        yield `${name} was called recovered in ${classroomId} without a position of this epoch`;
        continue;
      }
      const isWhole = seqs.every((seq, index) => seq === asked.seq + 1 + index);
      const end = asked.seq + seqs.length;
      const nextBytes = sizeOf(`${classroomId} ${head.epoch} ${end + 1}`);
      const isAll = bytes + nextBytes > oneFrameBytes || end === head.seq;
      if (!isWhole || !isAll)
        yield `${name} was called recovered in ${classroomId} from ${asked.seq} to ${head.seq} with ${seqs.join()}`;
    }
  }
}

/** Nothing of a classroom reaches a tab whose token does not name it, and no message strays into another classroom. */
export function* nothingCrosses(evidence: Evidence): Iterable<string> {
  for (const { name, wire, classrooms } of evidence.tabs) {
    for (const id of wire.classroomIds) {
      if (!Object.hasOwn(classrooms, id)) yield `${name} got a frame of ${id}`;
    }
  }
  for (const { name, id, view } of viewsOf(evidence)) {
    for (const { event } of heardBy(view)) {
      const room = roomOf(event);
      if (room !== undefined && room !== id) yield `${name} heard what was said in ${room}`;
    }
  }
}

/** Every message of a round says where it was published: first in its text, or in `room`. */
function roomOf({ type, data }: ClassroomEvent): string | undefined {
  if (type.startsWith('member.')) return undefined;
  const { text, room } = (data ?? {}) as { text?: string; room?: string };
  return room ?? text?.split(' ')[0];
}

/** No timer and no listener outlives `close`. */
export function* nothingSurvivesClose({ tabs }: Evidence): Iterable<string> {
  for (const { name, leftovers, env, isClosed } of tabs) {
    if (!isClosed || !leftovers) continue;
    const { timers, wakeListeners } = leftovers;
    if (timers + wakeListeners > 0) yield `${name} left ${timers} timers and ${wakeListeners} listeners`;
    if (env.timers.size + env.wakeListeners.size > 0) yield `${name} started something after it was closed`;
  }
}

/** Checked after every step. */
export const invariants = {
  onceInOrderWithoutGap,
  oneLogForAll,
  silentUnlessJoined,
  resendKeepsItsPlace,
  recoveredIsHonest,
  nothingCrosses,
  privateStaysPrivate,
  nothingSurvivesClose,
} satisfies Record<string, Invariant<Evidence>>;
