import type { Member, MemberHealth, Receipt } from '@chalkline/client-sdk';
import type { AnyClassroom } from '../any-client.ts';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { projection } from '../stores/projection.ts';
import { looseStateOf, onPermissions, onRoster } from './room-state.ts';
import { useHands } from './use-hands.ts';

/** A member as a roster shows them: one, however many devices they are here with. */
export interface RosterEntry {
  readonly member: Member;
  /** How their link is. */
  readonly level: MemberHealth['level'];
  readonly isSelf: boolean;
  /** A teacher of this class who was made one in it. */
  readonly isCoTeacher: boolean;
  /** 1 for the hand that was raised first; undefined while theirs is down. */
  readonly hand: number | undefined;
  /** Whether they may write and draw; of a topic that a teacher has closed to them, not. */
  readonly mayChat: boolean;
  readonly mayDraw: boolean;
  /** What they may, or may not, otherwise than the others: a teacher has said so for them alone. */
  readonly exceptions: readonly MemberException[];
  readonly isSpotlit: boolean;
}

export type MemberException = 'may-chat' | 'muted' | 'may-draw' | 'no-drawing';

/** What a teacher may do with one member now. */
export interface MemberRights {
  readonly close: boolean;
  readonly lowerHand: boolean;
  readonly spotlight: boolean;
  readonly appoint: boolean;
  readonly remove: boolean;
}

/**
 * Who is here, and what a teacher may do with each.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useMembers(classroom?: ClassroomRef) {
  const room = classroomOf(classroom, 'useMembers()');
  const { access, state } = room;
  const hands = useHands(room);
  return {
    /** In the order of joining. */
    entries: projection(
      () => entriesOf(room, hands.raised.value),
      (listener) => onRoster(room, listener),
      () => hands.raised.value,
    ),
    /** Those whom a teacher has removed, and who may be let in again. */
    removed: projection(
      () =>
        state.entries.flatMap(({ key, userId, value }) => {
          if (key !== 'removed' || userId === undefined || !state.wished('removed', userId)) return [];
          return [{ userId, name: (value as { name?: string }).name ?? userId }];
        }),
      (listener) => state.on('wish', listener),
    ),
    /** What we may do with members; nothing of it with ourselves, or with who is a teacher by their token. */
    rights: projection(
      (): MemberRights => ({
        close: looseStateOf(room).can('access.chat'),
        lowerHand: state.can('hand', OTHER),
        spotlight: state.can('spotlight'),
        appoint: state.can('role', OTHER),
        remove: state.can('removed', OTHER),
      }),
      (listener) => onPermissions(room, listener),
    ),
    /** Lets a member write, or mutes them. */
    setMayChat: (userId: string, mayChat: boolean): Promise<Receipt> => access.set('chat', mayChat, userId),
    /** Lets a member draw, or stops them. */
    setMayDraw: (userId: string, mayDraw: boolean): Promise<Receipt> => access.set('board', mayDraw, userId),
    lowerHand: hands.lower,
    setSpotlight: (userId: string | undefined): Promise<Receipt> =>
      state.set('spotlight', userId === undefined ? null : { userId }),
    /** Makes a member a co-teacher of this class, or takes that back. */
    setCoTeacher: (userId: string, isCoTeacher: boolean): Promise<Receipt> =>
      room.setRole(userId, isCoTeacher ? 'teacher' : undefined),
    /** Takes a member out, and keeps them out until they are let in again. */
    remove: (userId: string): Promise<Receipt> => room.remove(userId),
    readmit: (userId: string): Promise<Receipt> => room.readmit(userId),
  };
}

/** Anybody but us. */
const OTHER = ' ';

function entriesOf(room: AnyClassroom, raised: readonly Member[]): readonly RosterEntry[] {
  const { access, presence, state } = room;
  const turns = new Map(raised.map(({ userId }, index) => [userId, index + 1]));
  const spotlit = state.wished('spotlight')?.userId;
  return presence.members.map((member): RosterEntry => {
    const { userId, role } = member;
    const mayWrite = (topic: string): boolean =>
      role === 'teacher' || (role === 'student' && access.willBeOpen(topic, userId));
    return {
      member,
      level: presence.healthOf(userId)?.level ?? 'good',
      isSelf: userId === room.userId,
      isCoTeacher: role === 'teacher' && state.wished('role', userId)?.role === 'teacher',
      hand: turns.get(userId),
      mayChat: mayWrite('chat'),
      mayDraw: mayWrite('board'),
      exceptions: role === 'student' ? exceptionsOf(room, userId) : [],
      isSpotlit: userId === spotlit,
    };
  });
}

const exceptions = { chat: ['may-chat', 'muted'], board: ['may-draw', 'no-drawing'] } as const;

function exceptionsOf({ access }: AnyClassroom, userId: string): MemberException[] {
  return (['chat', 'board'] as const).flatMap((topic) => {
    const isOpen = access.willBeOpen(topic, userId);
    return isOpen === access.willBeOpen(topic) ? [] : exceptions[topic][isOpen ? 0 : 1];
  });
}
