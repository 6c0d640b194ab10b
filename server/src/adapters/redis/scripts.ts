import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import type { StoreLimits } from '../../ports.ts';

// A bundler leaves these reads as they are: whoever bundles this file copies the .lua files beside the bundle.
const sources = {
  prelude: readFileSync(new URL('./prelude.lua', import.meta.url), 'utf8'),
  join: readFileSync(new URL('./join.lua', import.meta.url), 'utf8'),
  leave: readFileSync(new URL('./leave.lua', import.meta.url), 'utf8'),
  drop: readFileSync(new URL('./drop.lua', import.meta.url), 'utf8'),
  append: readFileSync(new URL('./append.lua', import.meta.url), 'utf8'),
  audience: readFileSync(new URL('./audience.lua', import.meta.url), 'utf8'),
  touch: readFileSync(new URL('./touch.lua', import.meta.url), 'utf8'),
  history: readFileSync(new URL('./history.lua', import.meta.url), 'utf8'),
  remember: readFileSync(new URL('./remember.lua', import.meta.url), 'utf8'),
  strike: readFileSync(new URL('./strike.lua', import.meta.url), 'utf8'),
};

type Refusal = 'not-joined' | 'unauthorized';
type Texts = string[];

/** What each script returns; the .lua files say what the parts are. */
export interface Replies {
  join:
    | Refusal
    | [
        epoch: string,
        seq: number,
        members: Texts,
        recovered: 0 | 1,
        events: Texts,
        chat: Texts,
        written: Texts,
        recipients: string,
      ];
  leave: [epoch: string, written: Texts, recipients: string];
  drop: [epoch: string, written: Texts, recipients: string];
  append: Refusal | [epoch: string, results: Texts, written: Texts, recipients: string];
  audience: Refusal | [seat: string, connectionIds: string];
  touch: [epoch: string, seq: number, isSeated: 0 | 1, written: Texts, recipients: string];
  history: Refusal | Texts;
  remember: 1;
  strike: number;
}

export type ScriptName = keyof Replies;

/** Runs a script in one round trip: EVALSHA, or EVAL where the server does not know the script yet. */
export type RunScript = <N extends ScriptName>(
  name: N,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<Replies[N]>;

const lua = (limit: number): string => (Number.isFinite(limit) ? String(limit) : 'math.huge');

/** Teaches a client the scripts. The limits become part of their text: Redis then reads them at no cost per call. */
export function defineScripts(redis: Redis | Cluster, limits: StoreLimits): RunScript {
  const table = Object.entries(limits).map(([name, limit]) => `${name} = ${lua(limit as number)}`);
  const prelude = `local limits = { ${table.join(', ')} }\n${sources.prelude}`;
  const names = new Map<ScriptName, string>();
  for (const name of Object.keys(sources).filter((source) => source !== 'prelude') as ScriptName[]) {
    const isOfClassroom = name !== 'remember' && name !== 'strike';
    const text = isOfClassroom ? `${prelude}\n${sources[name]}` : sources[name];
    // The name tells stores with different limits on one client apart.
    const command = `chalkline:${name}:${createHash('sha1').update(text).digest('hex')}`;
    redis.defineCommand(command, { lua: text });
    names.set(name, command);
  }
  const commands = redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  return async (name, keys, args) =>
    (await commands[names.get(name) ?? name]?.(keys.length, ...keys, ...args)) as Replies[typeof name];
}
