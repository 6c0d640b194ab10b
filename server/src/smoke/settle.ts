import { defaultAssumptions, type Assumptions } from '../emulator/index.ts';
import { RefusedHandshake, type PlainSocket } from './plain-socket.ts';

/** One thing that AWS leaves open, what the local gateway assumes of it, and what was observed. */
export interface Settled {
  /** The switch of `assumptions.ts`. */
  assumption: keyof Assumptions;
  assumed: string;
  /** Absent if nothing was seen, and then `why` says why. */
  observed?: string;
  why?: string;
  /** `failed`: it was looked for in vain. */
  outcome: 'agrees' | 'differs' | 'failed' | 'not looked at';
}

/** Sees how one assumption is in truth: as a value of its switch, or told in words if no value fits. */
export type Look<K extends keyof Assumptions> = () => Promise<Assumptions[K] | string>;

/** How every assumption is looked at; a text says why one is not. */
export type Looks = { readonly [K in keyof Assumptions]: Look<K> | string };

const FRAME_BYTES = 32 * 1024;
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Looks at one assumption after the other, in the order of `defaultAssumptions`: the slowest last. Never rejects. */
export async function settle(looks: Looks): Promise<Settled[]> {
  const results: Settled[] = [];
  for (const assumption of Object.keys(defaultAssumptions) as (keyof Assumptions)[]) {
    results.push(await settleOne(assumption, looks[assumption]));
  }
  return results;
}

async function settleOne(
  assumption: keyof Assumptions,
  look: Look<keyof Assumptions> | string,
): Promise<Settled> {
  const assumed = shown(defaultAssumptions[assumption]);
  if (typeof look === 'string') return { assumption, assumed, why: look, outcome: 'not looked at' };
  try {
    const observed = shown(await look());
    return { assumption, assumed, observed, outcome: observed === assumed ? 'agrees' : 'differs' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { assumption, assumed, why, outcome: 'failed' };
  }
}

export function settledLine({ assumption, assumed, observed, why, outcome }: Settled): string {
  const sign = { agrees: '=', differs: '≠', failed: '✗', 'not looked at': '?' }[outcome];
  const seen =
    observed === undefined ? `${outcome} (${why ?? ''})` : `observed ${word(observed)}, ${outcome}`;
  return `  ${sign} ${assumption}: assumed ${word(assumed)}, ${seen}`;
}

function word(text: string): string {
  return text === '' ? '""' : text;
}

type Open<S> = (options?: { headers: Record<string, string> }) => Promise<S>;

/** What any socket of a deployment shows. */
export function looksOfSockets<S extends PlainSocket>(open: Open<S>) {
  const closeAfter = (frame: string | Buffer, code: number): (() => Promise<string>) =>
    withSocket(open, async (socket) => {
      socket.sendRaw(frame);
      const close = await socket.closes();
      return close.code === code ? close.reason : `${close.code} ${shown(close.reason)}`;
    });
  return {
    tooLargeReason: closeAfter('x'.repeat(FRAME_BYTES + 1), 1009),
    binaryReason: closeAfter(Buffer.from([1, 2, 3]), 1003),
    isPingAnswered: withSocket(open, (socket) => socket.isPonged(2_000)),
    async upgradeHeaderBytes() {
      const filler = 'x'.repeat(defaultAssumptions.upgradeHeaderBytes);
      const status = await statusOf(() => open({ headers: { 'x-filler': filler } }));
      return status === 431 ? defaultAssumptions.upgradeHeaderBytes : `${status} with more than that`;
    },
  } satisfies Partial<Looks>;
}

/** Makes a look of one that wants a socket, which is closed after it. */
export function withSocket<S extends PlainSocket, T>(
  open: Open<S>,
  work: (socket: S) => Promise<T>,
): () => Promise<T> {
  return async () => {
    const socket = await open();
    try {
      return await work(socket);
    } finally {
      socket.close();
    }
  };
}

/** The status of a handshake; 101 if the socket opens, which closes it again. */
export async function statusOf(open: () => Promise<PlainSocket>): Promise<number> {
  try {
    (await open()).close();
    return 101;
  } catch (error) {
    if (error instanceof RefusedHandshake) return error.status;
    throw error;
  }
}
