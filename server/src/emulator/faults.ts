import { checkFaults } from './fault-check.ts';

/** A number, or bounds between which the seed chooses. */
export type Amount = number | readonly [least: number, most: number];

/** How often a fault strikes. */
export interface Occasions {
  /** 0 to 1, for each occasion that `after` and `times` leave. @default 1 */
  readonly chance?: number;
  /** Occasions to let pass first. @default 0 */
  readonly after?: number;
  /** Strikes at most this often. @default no bound */
  readonly times?: number;
}

/** A chance from 0 to 1, or occasions in detail: `{ after: 2, times: 1 }` strikes the third occasion only. */
export type Strike = number | Occasions;

/** A strike that takes time. */
export interface Delay extends Occasions {
  /** How long, ms. */
  readonly ms: Amount;
}

/**
 * What goes wrong, and how often. The same seed and the same order of occasions give the same faults; each kind of fault
 * draws from its own stream, so that adding one kind does not move another. Plain JSON.
 */
export interface Faults {
  /** @default 1 */
  readonly seed?: number;
  /** An occasion is an upgrade request. */
  readonly connect?: {
    /** Answer `refuseStatus` before anything is invoked. */
    readonly refuse?: Strike;
    /** @default 503 */
    readonly refuseStatus?: number;
    /** Destroy the TCP connection instead of answering. */
    readonly reset?: Strike;
    readonly delay?: Delay;
  };
  /** An occasion is an invocation of one of `routes`. */
  readonly invocation?: {
    /** Route keys it applies to. @default every route; never the authorizer */
    readonly routes?: readonly string[];
    /** Start late: with bounds, invocations overlap and overtake each other. */
    readonly delay?: Delay;
    /** Run it a second time at once, with an equal event; the second result is thrown away. */
    readonly twice?: Strike;
    /** Fail without running the handler. */
    readonly killBefore?: Strike;
    /** Die at the `post`-th outbound @connections call, before it is sent; 1 is before any fan-out. */
    readonly killAtPost?: Occasions & { readonly post: Amount };
    /** Die when the handler's process reaches `point` (see `Gateway.reach`). */
    readonly killAt?: Occasions & { readonly point: string };
    /** Start in a new environment: `ms` later here, with a new process in `createProcessFunction`. */
    readonly coldStart?: Delay;
    /** Refuse what an invocation still posts or reaches after its result: in AWS it would be frozen. @default false */
    readonly freeze?: boolean;
  };
  /** An occasion is a POST to @connections of a live connection. */
  readonly post?: {
    readonly delay?: Delay;
    /** Answer 200 and deliver nothing: the client is half-open. */
    readonly drop?: Strike;
    /** Answer 410 although the client is there. */
    readonly gone?: Strike;
    /** Answer 429. */
    readonly throttled?: Strike;
    /** Answer 500, and deliver nothing. */
    readonly failed?: Strike;
    /** Deliver, and destroy the TCP connection instead of answering: a retry then doubles the message. */
    readonly reset?: Strike;
  };
  /** An occasion is the end of a connection. */
  readonly disconnect?: {
    readonly lose?: Strike;
    readonly delay?: Delay;
    /** Invoke `$disconnect` a second time. */
    readonly repeat?: Strike;
  };
  /** An occasion is a message from a client, after it was accepted. */
  readonly socket?: {
    /** Close with 1001 "Going away". */
    readonly goAway?: Strike;
    /** Drop without a close frame: both ends see 1006. */
    readonly drop?: Strike;
    /** Go deaf and mute without any close: the gateway still answers 200 to posts. */
    readonly halfOpen?: Strike;
  };
}

/** Draws the faults of one gateway. Without faults it costs one property read. */
export class FaultPlan {
  #faults: Faults = {};
  readonly #draws = new Map<string, { random: () => number; occasions: number; strikes: number }>();
  readonly #onStrike: (kind: string) => void;

  /** @param onStrike hears of each strike, by its kind: `post.drop`. */
  constructor(faults: Faults = {}, onStrike: (kind: string) => void = () => undefined) {
    this.#onStrike = onStrike;
    this.change(faults);
  }

  /** The faults in force. */
  get faults(): Faults {
    return this.#faults;
  }

  /**
   * Replaces all faults; counts and random streams start anew.
   * @throws GatewayError `invalid-option`.
   */
  change(faults: Faults): void {
    checkFaults(faults);
    this.#faults = faults;
    this.#draws.clear();
  }

  /** Whether the fault `name` strikes this occasion. */
  strikes(name: string, strike: Strike | undefined): boolean {
    if (strike === undefined || strike === 0) return false;
    const occasions = typeof strike === 'number' ? { chance: strike } : strike;
    const draw = this.#drawOf(name);
    draw.occasions += 1;
    if (draw.occasions <= (occasions.after ?? 0)) return false;
    if (draw.strikes >= (occasions.times ?? Infinity)) return false;
    if (draw.random() >= (occasions.chance ?? 1)) return false;
    draw.strikes += 1;
    this.#onStrike(name);
    return true;
  }

  /** How long the delay `name` lasts this time, ms; 0 if it does not strike. */
  delayMs(name: string, delay: Delay | undefined): number {
    return delay && this.strikes(name, delay) ? this.amount(name, delay.ms) : 0;
  }

  /** A whole number between the bounds, both included. */
  amount(name: string, amount: Amount): number {
    if (typeof amount === 'number') return amount;
    const [least, most] = amount;
    return least + Math.floor(this.#drawOf(`${name}.amount`).random() * (most - least + 1));
  }

  #drawOf(name: string): { random: () => number; occasions: number; strikes: number } {
    let draw = this.#draws.get(name);
    if (!draw) {
      draw = { random: seededRandom(this.#faults.seed ?? 1, name), occasions: 0, strikes: 0 };
      this.#draws.set(name, draw);
    }
    return draw;
  }
}

/** A stream of numbers in [0, 1) that depends on seed and name alone (mulberry32). */
export function seededRandom(seed: number, name: string): () => number {
  let state = seed | 0;
  for (const character of name) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
