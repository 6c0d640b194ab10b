import type { Classroom } from '@chalkline/client-sdk';
import type { ClassroomStore } from '@chalkline/server';

/** Somebody who keeps talking, and what became of it. */
export interface Chatter {
  /** The texts that the backend acked, in the order in which they were sent. */
  readonly acked: readonly string[];
  /** How many acks came; asked while texts are under way. */
  readonly count: number;
  on(listener: () => void): () => void;
  /** Says no more; resolves when everything said is acked. */
  stop(): Promise<void>;
}

/** Lets a member say `name 1`, `name 2` … in rounds of `atOnce`, each as soon as the one before is acked. */
export function startChatter(classroom: Classroom, name: string, atOnce = 5): Chatter {
  const acked: string[] = [];
  const listeners = new Set<() => void>();
  let isStopped = false;
  let said = 0;
  const talk = async (): Promise<void> => {
    while (!isStopped) {
      const round = Array.from({ length: atOnce }, () => `${name} ${(said += 1)}`);
      await Promise.all(
        round.map(async (text) => {
          await classroom.chat.send(text);
          acked.push(text);
          listeners.forEach((listener) => listener());
        }),
      );
    }
  };
  const done = talk();
  // Whoever stops us hears of it.
  done.catch(() => undefined);
  return {
    acked,
    get count() {
      return acked.length;
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      isStopped = true;
      return done;
    },
  };
}

/** What a store says of its replicas, which no client tells. */
export interface AckWatch {
  /** The texts that were acked as not replicated. */
  readonly unreplicated: ReadonlySet<string>;
  /** How many frames in a row were replicated. */
  readonly streak: number;
  on(listener: () => void): () => void;
}

/** Looks at every append of a store that waits for replicas. */
export function watchAcks(store: ClassroomStore): AckWatch {
  const unreplicated = new Set<string>();
  const listeners = new Set<() => void>();
  let streak = 0;
  const append = store.append.bind(store);
  store.append = async (request) => {
    const outcome = await append(request);
    for (const { data } of request.drafts) {
      const { text } = data as { text: string };
      if (outcome.replicated) unreplicated.delete(text);
      else unreplicated.add(text);
    }
    streak = outcome.replicated ? streak + 1 : 0;
    listeners.forEach((listener) => listener());
    return outcome;
  };
  return {
    unreplicated,
    get streak() {
      return streak;
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Every text of the chat, oldest first, however many pages that takes. */
export async function wholeChat({ chat }: Classroom): Promise<string[]> {
  while (chat.hasOlder) await chat.loadOlder();
  return chat.messages.map(({ text }) => text);
}

/** What is wrong with a log, given what was acked: texts lost, texts that stand there twice, and texts out of order. */
export function faultsOf(texts: readonly string[], chatters: readonly Chatter[]) {
  const places = new Map(texts.map((text, index) => [text, index]));
  const acked = chatters.flatMap((chatter) => chatter.acked);
  const newest = new Map<string, number>();
  const isLate = (text: string): boolean => {
    const [name = '', number] = text.split(' ');
    const isBehind = Number(number) < (newest.get(name) ?? 0);
    newest.set(name, Number(number));
    return isBehind;
  };
  return {
    lost: acked.filter((text) => !places.has(text)),
    doubled: texts.filter((text, index) => places.get(text) !== index),
    reordered: texts.filter(isLate),
  };
}
