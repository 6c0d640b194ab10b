import type { Role } from '@chalkline/client-sdk/protocol';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import type { StoreLimits } from '../../store-limits.ts';
import { documentSizes } from '../documents.ts';
import type { Refusal } from '../refusal.ts';

// A bundler leaves these reads as they are: whoever bundles this file copies the .lua files beside the bundle.
const sources = {
  prelude: readFileSync(new URL('./prelude.lua', import.meta.url), 'utf8'),
  state: readFileSync(new URL('./state.lua', import.meta.url), 'utf8'),
  chat: readFileSync(new URL('./chat.lua', import.meta.url), 'utf8'),
  documents: readFileSync(new URL('./documents.lua', import.meta.url), 'utf8'),
  join: readFileSync(new URL('./join.lua', import.meta.url), 'utf8'),
  leave: readFileSync(new URL('./leave.lua', import.meta.url), 'utf8'),
  drop: readFileSync(new URL('./drop.lua', import.meta.url), 'utf8'),
  append: readFileSync(new URL('./append.lua', import.meta.url), 'utf8'),
  audience: readFileSync(new URL('./audience.lua', import.meta.url), 'utf8'),
  touch: readFileSync(new URL('./touch.lua', import.meta.url), 'utf8'),
  end: readFileSync(new URL('./end.lua', import.meta.url), 'utf8'),
  load: readFileSync(new URL('./load.lua', import.meta.url), 'utf8'),
  collect: readFileSync(new URL('./collect.lua', import.meta.url), 'utf8'),
  replace: readFileSync(new URL('./replace.lua', import.meta.url), 'utf8'),
  history: readFileSync(new URL('./history.lua', import.meta.url), 'utf8'),
  seat: readFileSync(new URL('./seat.lua', import.meta.url), 'utf8'),
  page: readFileSync(new URL('./page.lua', import.meta.url), 'utf8'),
  erase: readFileSync(new URL('./erase.lua', import.meta.url), 'utf8'),
  sweep: readFileSync(new URL('./sweep.lua', import.meta.url), 'utf8'),
  schedule: readFileSync(new URL('./schedule.lua', import.meta.url), 'utf8'),
  remember: readFileSync(new URL('./remember.lua', import.meta.url), 'utf8'),
  strike: readFileSync(new URL('./strike.lua', import.meta.url), 'utf8'),
  gather: readFileSync(new URL('./gather.lua', import.meta.url), 'utf8'),
};

type Texts = string[];

/** What each script returns; the .lua files say what the parts are. */
export interface Replies {
  join:
    | Refusal
    | [
        epoch: string,
        seq: number,
        role: Role,
        members: Texts,
        recovered: 0 | 1,
        events: Texts,
        chat: Texts,
        written: Texts,
        recipients: string,
        state: Texts,
      ];
  leave: [epoch: string, written: Texts, recipients: string];
  drop: [epoch: string, written: Texts, recipients: string];
  append:
    | Refusal
    | [
        epoch: string,
        results: Texts,
        written: Texts,
        recipients: string,
        due: Texts,
        removed: Texts,
        connectionIdsAndSeats: Texts,
      ];
  audience: Refusal | [seat: string, connectionIds: string, closed: Texts, teachers: Texts];
  end: Refusal | [connectionIds: string, state: Texts, documents: Texts];
  load: Refusal | [bytes: number, isLast: 0 | 1, namesAndData: Texts];
  collect: [epoch: string, level: '' | 'tail' | 'whole', isLast: 0 | 1, namesAndData: Texts];
  replace: 0 | 1;
  touch: [
    epoch: string,
    seq: number,
    isSeated: 0 | 1,
    links: [userId: string, ...silentMsAndRttMs: number[]][],
    written: Texts,
    recipients: string,
  ];
  history: Refusal | [userId: string, role: Role, messages: Texts];
  seat: Refusal | [userId: string, role: Role, epoch: string, seq: number, changed: number];
  page: [epoch: string, seq: number, events: Texts];
  sweep: [epoch: string, written: Texts, recipients: string, isEmpty: 0 | 1];
  /** Names and counts in turn. */
  erase: (string | number)[];
  schedule: 1;
  remember: 1;
  strike: number;
  gather: [outcome: 'partial' | 'whole' | 'bad-envelope' | 'payload-too-large', text: string];
}

export type ScriptName = keyof Replies;
type Arguments = readonly (string | number)[];

export interface Scripts {
  /** Runs a script in one round trip: EVALSHA, or EVAL where the server does not know the script yet. */
  run<N extends ScriptName>(name: N, keys: readonly string[], args: Arguments): Promise<Replies[N]>;
  /**
   * Runs a script and, in the same round trip, waits until `replicas` replicas have what it wrote, or for `timeoutMs`.
   * `count` is how many are known to have it; undefined if that could not be asked, as while a classroom moves.
   */
  runAndWait<N extends ScriptName>(
    name: N,
    keys: readonly string[],
    args: Arguments,
    wait: { replicas: number; timeoutMs: number },
  ): Promise<{ reply: Replies[N]; count: number | undefined }>;
}

const lua = (limit: number): string => (Number.isFinite(limit) ? String(limit) : 'math.huge');

/** How a node of a cluster says that another one has the classroom; a pipeline does not follow it there. */
const isElsewhere = new Set<string | undefined>(['MOVED', 'ASK', 'TRYAGAIN']);

const isFoundation = new Set(['prelude', 'state', 'chat', 'documents']);

/** What scripts stand on beside the prelude. */
const foundations: Partial<Record<ScriptName, readonly ('state' | 'chat' | 'documents')[]>> = {
  join: ['state'],
  leave: ['state'],
  drop: ['state'],
  touch: ['state'],
  sweep: ['state'],
  append: ['state', 'chat', 'documents'],
  audience: ['state'],
  load: ['documents'],
  collect: ['documents'],
  replace: ['documents'],
  erase: ['state', 'chat'],
};

/** Scripts that have keys of their own, and do not begin with the prelude. */
const isOfNoClassroom = new Set<ScriptName>(['schedule', 'remember', 'strike', 'gather']);

/** Teaches a client the scripts. The limits become part of their text: Redis then reads them at no cost per call. */
export function defineScripts(redis: Redis | Cluster, limits: StoreLimits): Scripts {
  const tableOf = (numbers: object): string =>
    `{ ${Object.entries(numbers)
      .map(([name, number]) => `${name} = ${lua(number as number)}`)
      .join(', ')} }`;
  const tables = `${tableOf(limits)}, ${tableOf(documentSizes)}`;
  const scripts = new Map<ScriptName, { sha: string; text: string }>();
  for (const name of Object.keys(sources).filter((source) => !isFoundation.has(source)) as ScriptName[]) {
    const mayLag = name === 'page';
    const head = `local limits, sizes, mayLag = ${tables}, ${mayLag}`;
    const below = ['prelude' as const, ...(foundations[name] ?? [])].map((part) => sources[part]);
    const text = isOfNoClassroom.has(name) ? sources[name] : [head, ...below, sources[name]].join('\n');
    const sha = createHash('sha1').update(text).digest('hex');
    // The name tells stores with different limits on one client apart.
    redis.defineCommand(`chalkline:${sha}`, { lua: text, readOnly: mayLag });
    scripts.set(name, { sha, text });
  }
  const commands = redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const run: Scripts['run'] = async (name, keys, args) =>
    (await commands[`chalkline:${scripts.get(name)?.sha}`]?.(
      keys.length,
      ...keys,
      ...args,
    )) as Replies[typeof name];

  return {
    run,
    async runAndWait(name, keys, args, { replicas, timeoutMs }) {
      type Outcome = { reply: Replies[typeof name]; count: number | undefined };
      // WAIT counts what its own connection has written. A pipeline goes to one connection, whole or not at all, also in
      // cluster mode and beside auto-pipelining; two single commands could be parted by a lost connection.
      const attempt = async (evaluate: 'eval' | 'evalsha', script = ''): Promise<Outcome> => {
        const answers = await redis
          .pipeline()
          [evaluate](script, keys.length, ...keys, ...args)
          .wait(replicas, timeoutMs)
          .exec();
        const [[error, reply] = [new Error('no answer')], [late, count] = []] = answers ?? [];
        // A WAIT that got no answer most likely lost its primary, and what was written with it: the sender has to know.
        const problem = error ?? late;
        if (problem) throw problem;
        return { reply: reply as Replies[typeof name], count: Number(count) };
      };
      try {
        return await attempt('evalsha', scripts.get(name)?.sha);
      } catch (error) {
        const [code] = (error as Error).message.split(' ');
        // The script did not run then, and that WAIT counted nothing of it.
        if (code === 'NOSCRIPT') return await attempt('eval', scripts.get(name)?.text);
        if (!isElsewhere.has(code)) throw error;
        return { reply: await run(name, keys, args), count: undefined };
      }
    },
  };
}
