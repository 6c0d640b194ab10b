import type { ChatMessage, SendOptions } from '@chalkline/client-sdk';
import type { AnyClassroom } from '@chalkline/vue-components';

const OLDER_PAGE = 50;
const LENGTHS = [3, 40, 9, 140, 20];
const authors = [
  { userId: 'ada', name: 'Ada', role: 'teacher' },
  { userId: 'chen', name: 'Chen', role: 'student' },
  { userId: 'ben', name: 'Ben', role: 'student' },
] as const;

function messageOf(seq: number, author: number, more: Partial<ChatMessage> = {}): ChatMessage {
  const words = `${seq}: ${'so three quarters '.repeat(10).slice(0, LENGTHS[seq % LENGTHS.length])}`;
  return {
    id: `m${seq}`,
    status: 'sent',
    seq,
    at: Date.UTC(2026, 8, 14, 8) + seq * 20_000,
    from: authors[author % 3] ?? authors[0],
    text: seq % 7 === 0 ? `**${words.trim()}**\n- one\n- two` : words,
    isOwn: author % 3 === 2,
    mentions: [],
    reactions: seq % 11 === 0 ? [{ emoji: '👍', userIds: ['ada'], isOwn: false }] : [],
    isAnnouncement: false,
    isPrivate: false,
    ...more,
  };
}

/** A chat as the SDK has it, of so many messages that no test server would write them in the time of a test. */
export class LongChat {
  readonly #listeners = new Set<() => void>();
  #all: readonly ChatMessage[];
  #first: number;
  #readSeq: number;

  /** @param older how many of the messages are not loaded yet */
  constructor(count: number, older: number) {
    this.#all = Array.from({ length: count }, (_, index) => messageOf(index + 1, index));
    this.#first = older;
    this.#readSeq = count;
  }

  get messages(): readonly ChatMessage[] {
    return this.#all.slice(this.#first);
  }

  get hasOlder(): boolean {
    return this.#first > 0;
  }

  get unread(): { count: number; firstId?: string } {
    const unread = this.#all.slice(this.#readSeq).filter(({ isOwn }) => !isOwn);
    return unread[0] ? { count: unread.length, firstId: unread[0].id } : { count: 0 };
  }

  readonly markRead = (): void => {
    this.#readSeq = this.#all.length;
    this.#tell();
  };

  readonly loadOlder = async (): Promise<void> => {
    // Never within the event that asks for it, as over a network.
    await new Promise((resolve) => setTimeout(resolve));
    this.#first = Math.max(0, this.#first - OLDER_PAGE);
    this.#tell();
  };

  readonly find = (id: string): ChatMessage | undefined => this.messages.find((message) => message.id === id);

  readonly on = (_event: 'change', listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly send = (text: string, { replyTo }: SendOptions = {}): Promise<ChatMessage> =>
    Promise.resolve(this.#add(2, { text, ...(replyTo !== undefined && { replyTo }) }));

  /** Someone else writes. */
  say(author: 'ada' | 'chen', text: string): void {
    this.#add(author === 'ada' ? 0 : 1, { text });
  }

  #add(author: number, more: Partial<ChatMessage>): ChatMessage {
    const message = messageOf(this.#all.length + 1, author, more);
    this.#all = [...this.#all, message];
    this.#tell();
    return message;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The rest of a classroom, in which nothing happens. */
export function classroomOf(chat: LongChat): AnyClassroom {
  const silent = { on: () => () => undefined };
  const rest = {
    id: 'math-101',
    userId: 'ben',
    status: 'joined',
    role: 'student',
    can: (type: string) => type.startsWith('chat.') && type !== 'chat.announce',
    join: () => Promise.resolve(),
    leave: () => Promise.resolve(),
    presence: { ...silent, members: [], healthOf: () => ({ level: 'good' }) },
    typing: { ...silent, members: [], start: () => undefined, stop: () => undefined },
    ...silent,
  };
  // The parts of a classroom that no chat asks for are left out.
  return { ...rest, chat } as unknown as AnyClassroom;
}
