import type { ClassroomEvent } from '@chalkline/client-sdk/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { classroomKeys } from '../adapters/redis/redis-store.ts';
import { eventsOf, messagesOf } from '../adapters/redis/replies.ts';

export type ClassroomKey = (typeof classroomKeys)[number];

/** One thing that is kept of a classroom: what stands under `name` in one of its keys. */
export interface Kept {
  key: ClassroomKey | 'elements';
  name: string;
  value: unknown;
}

/** How many are read at a time: events and pieces of documents have some tens of KB. */
const AT_ONCE = 64;

const isJson = new Set<string>(['members', 'seats', 'state']);

/** Shorter names first: seqs then stand in their order. */
const byName = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** All that stands in one key, by name, from behind `after` on: who stopped there can go on with it. */
export async function* read(
  redis: Redis | Cluster,
  address: string,
  key: ClassroomKey,
  after: string | undefined,
): AsyncGenerator<Kept> {
  if (key === 'chat') yield* readChat(redis, address, after);
  else if ((await redis.type(address)) === 'zset') yield* readScores(redis, address, key, after);
  else {
    const names = behind(await redis.hkeys(address), after);
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const some = names.slice(from, from + AT_ONCE);
      const texts = await redis.hmget(address, ...some);
      for (const [index, name] of some.entries()) {
        const text = texts[index];
        // What went meanwhile is kept no more.
        if (typeof text === 'string') yield { key, name, value: valueOf(key, text) };
      }
    }
  }
}

async function* readChat(redis: Redis | Cluster, address: string, after = '-inf'): AsyncGenerator<Kept> {
  for (let last = after; ;) {
    const from = last === '-inf' ? last : `(${last}`;
    const texts = await redis.zrangebyscore(address, from, '+inf', 'LIMIT', 0, AT_ONCE);
    for (const event of messagesOf(texts)) {
      yield { key: 'chat', name: String(event.seq), value: event };
      last = String(event.seq);
    }
    if (texts.length < AT_ONCE) return;
  }
}

async function* readScores(
  redis: Redis | Cluster,
  address: string,
  key: ClassroomKey,
  after: string | undefined,
): AsyncGenerator<Kept> {
  const scores = new Map<string, string>();
  const inTurn = await redis.zrange(address, 0, '-1', 'WITHSCORES');
  for (let at = 0; at < inTurn.length; at += 2) scores.set(inTurn[at] ?? '', inTurn[at + 1] ?? '');
  for (const name of behind([...scores.keys()], after)) yield { key, name, value: scores.get(name) };
}

function behind(names: string[], after: string | undefined): string[] {
  return names.sort(byName).filter((name) => after === undefined || byName(name, after) > 0);
}

function valueOf(key: ClassroomKey, text: string): unknown {
  if (key === 'log') return eventsOf([text])[0];
  return isJson.has(key) ? (JSON.parse(text) as unknown) : text;
}

const isOfChat = new Set(['chat.send', 'chat.announce', 'chat.whisper', 'chat.gone']);

/** What of it is one user's: what they wrote, what is to them, and where others name them; undefined if nothing is. */
export function partOf(userId: string, { key, name, value }: Kept): unknown {
  switch (key) {
    case 'log': {
      const event = value as ClassroomEvent;
      // The chat keeps them longer, and as they are now.
      return isOfChat.has(event.type) || !isConcerned(event, userId) ? undefined : event;
    }
    case 'chat': {
      const event = value as ClassroomEvent<string, { mentions?: string[] }>;
      if (isConcerned(event, userId)) return event;
      const { seq, id, data, reactions = [] } = event;
      const emoji = reactions.filter(([, userIds]) => userIds.includes(userId)).map(([chosen]) => chosen);
      const isMentioned = data.mentions?.includes(userId) === true;
      if (emoji.length === 0 && !isMentioned) return undefined;
      // Another's words are not theirs.
      return {
        seq,
        id,
        ...(emoji.length > 0 ? { reacted: emoji } : {}),
        ...(isMentioned ? { isMentioned } : {}),
      };
    }
    case 'state': {
      const isOwn = name.slice(name.indexOf(' ') + 1) === userId && name.includes(' ');
      return isOwn || (value as ClassroomEvent).from.userId === userId ? value : undefined;
    }
    case 'members':
      return name === userId ? value : undefined;
    case 'seats':
      return (value as { userId: string }).userId === userId ? value : undefined;
    default:
      return undefined;
  }
}

function isConcerned({ from, to = [] }: ClassroomEvent, userId: string): boolean {
  return from.userId === userId || to.includes(userId);
}
