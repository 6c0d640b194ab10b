import type { ChatMessage, ClassroomEvent, Member } from '@chalkline/client-sdk';
import { isDeepStrictEqual } from 'node:util';
import { classControlInvariants } from './class-control-invariants.ts';
import { isSame, READER, type FinalEvidence, type Invariant } from './invariants.ts';
import type { Published, Tab, View } from './recorder.ts';
import { areEqual, contentOf } from './scribble.ts';
import type { Place } from './wire-tap.ts';

function* finalViews({ tabs, classrooms }: FinalEvidence) {
  for (const tab of tabs) {
    for (const [id, view] of tab.views) {
      const truth = classrooms.get(id);
      if (truth) yield { name: `${tab.name} in ${id}`, tab, id, view, truth };
    }
  }
}

const isLive = (tab: Tab, view: View): boolean => !tab.isClosed && view.isWanted;

/** Where the wire put a message that the app was told is kept. */
function placesOf({ wire }: Tab, { receipt }: Published): Place[] {
  if (!receipt) return [];
  const told = [...(wire.acks.get(receipt.id) ?? []), ...(wire.places.get(receipt.id) ?? [])];
  return told.filter(({ seq }) => seq === receipt.seq);
}

/**
 * What was acked is in the log, once and at the place that was told, unless the store lost that whole log, or lost its end
 * with the primary: not what a replica had.
 */
export function* ackedMeansKept(evidence: FinalEvidence): Iterable<string> {
  for (const { name, tab, view, truth } of finalViews(evidence)) {
    for (const published of view.published) {
      const { outcome, receipt, mark } = published;
      if (outcome === 'waiting') yield `${name} still waits for ${mark}`;
      if (outcome !== 'kept' || !receipt) continue;
      const places = placesOf(tab, published);
      if (places.length === 0)
        yield `${name} was told that ${mark} is kept at ${receipt.seq}; the wire did not say so`;
      if (!places.some(({ epoch, replicated }) => epoch === truth.epoch || replicated === true)) continue;
      const event = truth.log[receipt.seq - 1];
      // Of what was edited away or deleted the place is kept, and what it was is told by nobody any more.
      const isVoid = event?.type === 'chat.hidden' || event?.type === 'chat.gone';
      const isEdited = event?.editedAt !== undefined;
      const isKept = event?.id === receipt.id && event.from.userId === tab.userId;
      if (
        !(isKept || event?.type === 'chat.hidden') ||
        !(isVoid || isEdited || JSON.stringify(event.data).includes(mark))
      )
        yield `${name} was told that ${mark} is kept at ${receipt.seq}, where ${event?.id ?? 'nothing'} stands`;
    }
  }
}

/** The log holds each message once, and every event in its place. */
export function* logHoldsEachOnce({ classrooms }: FinalEvidence): Iterable<string> {
  for (const [id, { log }] of classrooms) {
    const seen = new Map<string, number>();
    for (const [index, event] of log.entries()) {
      if (event.seq !== index + 1) yield `the log of ${id} has ${event.seq} in place ${index + 1}`;
      const key = JSON.stringify([event.from.userId, event.id]);
      const first = seen.get(key);
      if (first !== undefined) yield `the log of ${id} has ${event.id} at ${first} and ${event.seq}`;
      seen.set(key, event.seq);
    }
  }
}

/** All that a member heard of the log's epoch is the log, and whoever is there has heard it to its end. */
export function* everyoneHasTheLog(evidence: FinalEvidence): Iterable<string> {
  for (const { name, tab, view, truth } of finalViews(evidence)) {
    for (const { from, heard } of view.runs) {
      if (from.epoch !== truth.epoch) continue;
      for (const { event } of heard) {
        const kept = truth.log[event.seq - 1];
        if (!kept || !isSame(event, kept))
          yield `${name} heard ${event.id} where the log has ${kept?.id ?? 'nothing'}`;
      }
    }
    const { position } = view.classroom;
    if (isLive(tab, view) && (position?.epoch !== truth.epoch || position.seq < truth.log.length))
      yield `${name} stands at ${JSON.stringify(position)} of ${truth.epoch} ${truth.log.length}`;
  }
}

/** The acked messages of one tab stand in the log in the order in which the app published them. */
export function* sendersKeepTheirOrder(evidence: FinalEvidence): Iterable<string> {
  for (const { name, tab, view, truth } of finalViews(evidence)) {
    let last = { seq: 0, mark: 'nothing' };
    for (const published of view.published) {
      const { receipt, mark } = published;
      if (!receipt || !placesOf(tab, published).some(({ epoch }) => epoch === truth.epoch)) continue;
      if (receipt.seq < last.seq)
        yield `${name} published ${mark} after ${last.mark}, and the log has it before`;
      last = { seq: receipt.seq, mark };
    }
  }
}

/** Who is gone is shown to nobody, and who is there is shown as online to everybody. */
export function* noGhosts(evidence: FinalEvidence): Iterable<string> {
  for (const { name, tab, view, truth } of finalViews(evidence)) {
    if (!isLive(tab, view)) continue;
    yield* compareMembers(name, view.classroom.presence.members, truth.living);
  }
  for (const [id, { newcomer, living }] of evidence.classrooms) {
    yield* compareMembers(`the newcomer in ${id}`, newcomer.members, living);
  }
}

function* compareMembers(
  name: string,
  shown: readonly Member[],
  living: ReadonlySet<string>,
): Iterable<string> {
  for (const { userId, status } of shown) {
    if (userId === READER) continue;
    if (!living.has(userId)) yield `${name} sees the ghost of ${userId} (${status})`;
    else if (status !== 'online') yield `${name} sees ${userId} as ${status}`;
  }
  for (const userId of living) {
    if (!shown.some((member) => member.userId === userId)) yield `${name} does not see ${userId}`;
  }
}

/** Chat and members are, in every tab, what a newcomer is given, and what replaying the log gives. */
export function* viewsAgree(evidence: FinalEvidence): Iterable<string> {
  for (const { name, tab, id, view, truth } of finalViews(evidence)) {
    if (!isLive(tab, view)) continue;
    const { chat, presence } = view.classroom;
    // Who was made a teacher reads what was private before only when they load the chat anew.
    const isChecked = ({ isPrivate }: { isPrivate: boolean }): boolean =>
      !isPrivate || !evidence.appointed.has(`${id} ${tab.userId}`);
    const shown = chat.messages.filter((message) => message.status === 'sent' && isChecked(message));
    const first = shown[0]?.seq ?? Infinity;
    const isTeacher = tab.classrooms[id] === 'teacher';
    const kept = chatOf(truth.log).filter((message) => (message.seq ?? 0) >= first && isChecked(message));
    const mayRead = ({ readers }: Replayed): boolean =>
      isTeacher || readers === undefined || readers.includes(tab.userId);
    const [mine, logged] = [shown.map(briefly), kept.filter(mayRead).map(briefly)];
    if (!isDeepStrictEqual(mine, logged)) yield `${name} shows ${difference(mine, logged)}`;
    // A newcomer is an observer: what is private is for others.
    const newest = truth.newcomer.chat.map(briefly);
    const tail = shown
      .filter(({ isPrivate }) => !isPrivate)
      .map(briefly)
      .slice(-newest.length);
    if (tail.length === newest.length && !isDeepStrictEqual(tail, newest))
      yield `${name} shows other chat than a newcomer: ${difference(tail, newest)}`;
    const replayed = membersOf(truth.log);
    if (!isDeepStrictEqual([...presence.members], replayed))
      yield `${name} shows ${JSON.stringify(presence.members)}, the log makes it ${JSON.stringify(replayed)}`;
  }
}

/** What is drawn, and the shared state, are the same in every tab as a newcomer is given. */
export function* oneBoardForAll(evidence: FinalEvidence): Iterable<string> {
  for (const { name, tab, view, truth } of finalViews(evidence)) {
    if (!isLive(tab, view)) continue;
    const { board, state } = truth.newcomer;
    if (view.board && board && !areEqual([view.board.doc, board]))
      yield `${name} (${view.board.status}) has drawn ${JSON.stringify(contentOf(view.board.doc)).slice(0, 200)}, a newcomer ${JSON.stringify(contentOf(board)).slice(0, 200)}`;
    if (!isDeepStrictEqual(view.classroom.state.entries, state))
      yield `${name} has the state ${JSON.stringify(view.classroom.state.entries)}, a newcomer ${JSON.stringify(state)}`;
  }
}

interface Replayed extends Pick<ChatMessage, 'id' | 'text' | 'isPrivate'> {
  seq?: number;
  editedAt?: number;
  deletedAt?: number;
  reactions: readonly { emoji: string; userIds: readonly string[] }[];
  readers: readonly string[] | undefined;
}

/** All of a message that is the same for whoever may read it. */
const briefly = (message: Omit<Replayed, 'readers'>): string => {
  const { seq, id, text, editedAt = '', deletedAt = '', isPrivate, reactions } = message;
  const chosen = reactions.map(({ emoji, userIds }) => `${emoji} ${userIds.toSorted().join('+')}`).toSorted();
  return [seq, id, text, editedAt, deletedAt, isPrivate, ...chosen].join(' ');
};

/** A second road to the chat: the log from its beginning, change by change. */
function chatOf(log: readonly ClassroomEvent[]): Replayed[] {
  const messages: Replayed[] = [];
  for (const { type, seq, id, at, from, to, editedAt, data: given } of log) {
    const data = (given ?? {}) as {
      text?: string;
      emoji?: string;
      deletedAt?: number;
      target?: { id: string };
    };
    const [noun, verb = ''] = type.split('.');
    if (noun !== 'chat' || verb === 'hidden') continue;
    const message = messages.find((other) => other.id === data.target?.id);
    if (!data.target) {
      const { text = '', deletedAt } = data;
      const marks = {
        ...(editedAt === undefined ? {} : { editedAt }),
        ...(deletedAt === undefined ? {} : { deletedAt }),
      };
      messages.push({ seq, id, text, ...marks, reactions: [], isPrivate: to !== undefined, readers: to });
    } else if (!message || message.deletedAt !== undefined) continue;
    else if (verb === 'edit') Object.assign(message, { text: data.text, editedAt: at });
    else if (verb.endsWith('react')) {
      const chosen = new Map(message.reactions.map(({ emoji, userIds }) => [emoji, new Set(userIds)]));
      const { emoji = '' } = data;
      const userIds = chosen.get(emoji) ?? new Set();
      if (verb === 'react') userIds.add(from.userId);
      else userIds.delete(from.userId);
      chosen.set(emoji, userIds);
      if (userIds.size === 0) chosen.delete(emoji);
      message.reactions = [...chosen].map(([other, ids]) => ({ emoji: other, userIds: [...ids] }));
    }
  }
  return messages;
}

/** A second road to the members: the log from its beginning. */
function membersOf(log: readonly ClassroomEvent[]): Member[] {
  const members = new Map<string, Member>();
  for (const { type, data } of log) {
    const member = data as Member;
    if (type === 'member.leave') members.delete(member.userId);
    else if (type.startsWith('member.')) members.set(member.userId, member);
  }
  return [...members.values()].sort((a, b) => a.joinedAt - b.joinedAt || (a.userId < b.userId ? -1 : 1));
}

function difference(mine: readonly string[], logged: readonly string[]): string {
  const extra = mine.filter((line) => !logged.includes(line));
  const missing = logged.filter((line) => !mine.includes(line));
  return `[${extra.join(', ')}] too much and [${missing.join(', ')}] not, of ${logged.length}`;
}

/** Checked once, at the end. */
export const finalInvariants = {
  ackedMeansKept,
  logHoldsEachOnce,
  everyoneHasTheLog,
  sendersKeepTheirOrder,
  ...classControlInvariants,
  noGhosts,
  viewsAgree,
  oneBoardForAll,
} satisfies Record<string, Invariant<FinalEvidence>>;
