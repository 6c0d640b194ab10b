import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from './clock.ts';
import type { FaultPlan, Faults } from './faults.ts';
import { GatewayError } from './gateway-error.ts';
import { createContext, type InvocationOrders, type LambdaFunction } from './lambda-function.ts';
import type { GatewayCounts, GatewayEvent } from './observer.ts';
import { OutboundCalls } from './outbound-calls.ts';

/** How an invocation ended, seen from the gateway. */
export type Outcome =
  | { readonly ended: 'returned'; readonly result: unknown }
  | { readonly ended: 'threw'; readonly error: unknown }
  | { readonly ended: 'timed-out' };

/** Stands for the route key of the authorizer, which has none. */
export const AUTHORIZER_KEY = '$authorizer';

/** What to invoke: the part of a route that matters here. The authorizer has no route, and no faults. */
export interface Invocable {
  readonly key: string;
  readonly target: LambdaFunction;
  readonly timeoutMs: number;
}

/** One running invocation of this process, known to the code it runs through async context. */
export interface Running {
  isDead: boolean;
  hasEnded: boolean;
  posts: number;
  readonly dieAtPost: number;
  readonly dieAt: string | undefined;
  readonly isFrozenAfter: boolean;
  die(): void;
}

/** Invokes functions under the integration timeout and the faults in force. */
export class Invoker {
  readonly #clock: Clock;
  readonly #plan: FaultPlan;
  readonly #counts: GatewayCounts;
  readonly #observe: ((event: GatewayEvent) => void) | undefined;
  readonly #running = new AsyncLocalStorage<Running>();
  readonly #inFlight = new Set<Promise<unknown>>();
  /** Which calls to @connections come from an invocation that is dead or frozen. */
  readonly outbound: OutboundCalls;

  constructor(
    clock: Clock,
    plan: FaultPlan,
    counts: GatewayCounts,
    observe: ((event: GatewayEvent) => void) | undefined,
  ) {
    this.#clock = clock;
    this.#plan = plan;
    this.#counts = counts;
    this.#observe = observe;
    this.outbound = new OutboundCalls(() => this.#running.getStore());
  }

  /** Runs `target` once (or as the faults say) and resolves with how it ended; never rejects. */
  async invoke(target: Invocable, event: unknown): Promise<Outcome> {
    const faults = this.#plan.faults.invocation;
    const outcome =
      faults && (faults.routes?.includes(target.key) ?? target.key !== AUTHORIZER_KEY)
        ? this.#invokeWith(faults, target, event)
        : this.#run(target, event, {});
    this.#inFlight.add(outcome);
    const ended = await outcome;
    this.#inFlight.delete(outcome);
    return ended;
  }

  /** Resolves when what runs now has ended. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
  }

  /** See `Gateway.reach`. */
  reach(point: string): Promise<void> {
    const running = this.#running.getStore();
    if (!running) return Promise.resolve();
    if (running.dieAt === point) running.die();
    const isStopped = running.isDead || (running.hasEnded && running.isFrozenAfter);
    return isStopped ? new Promise<void>(() => undefined) : Promise.resolve();
  }

  async #invokeWith(
    faults: NonNullable<Faults['invocation']>,
    target: Invocable,
    event: unknown,
  ): Promise<Outcome> {
    const plan = this.#plan;
    const waitMs = plan.delayMs('invocation.delay', faults.delay);
    if (waitMs > 0) await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, waitMs));
    if (plan.strikes('invocation.killBefore', faults.killBefore)) {
      return this.#ended(target, this.#clock.now(), { ended: 'threw', error: killed() });
    }
    const coldMs = plan.delayMs('invocation.coldStart', faults.coldStart);
    if (coldMs > 0) await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, coldMs));
    if (plan.strikes('invocation.twice', faults.twice)) {
      const second = this.#run(target, structuredClone(event), {});
      this.#inFlight.add(second);
      void second.then(() => this.#inFlight.delete(second));
    }
    const dieAtPost = plan.strikes('invocation.killAtPost', faults.killAtPost)
      ? plan.amount('invocation.killAtPost', faults.killAtPost?.post ?? 1)
      : undefined;
    return this.#run(
      target,
      event,
      { isCold: coldMs > 0, ...(dieAtPost !== undefined && { dieAtPost }) },
      {
        dieAt: plan.strikes('invocation.killAt', faults.killAt) ? faults.killAt?.point : undefined,
        isFrozenAfter: faults.freeze ?? false,
      },
    );
  }

  #run(
    { key, target, timeoutMs }: Invocable,
    event: unknown,
    orders: InvocationOrders,
    stops?: { readonly dieAt: string | undefined; readonly isFrozenAfter: boolean },
  ): Promise<Outcome> {
    const startedAt = this.#clock.now();
    const context = createContext(key, timeoutMs, this.#clock);
    return new Promise((resolve) => {
      let isSettled = false;
      const running: Running | undefined = stops && {
        ...stops,
        isDead: false,
        hasEnded: false,
        posts: 0,
        dieAtPost: orders.dieAtPost ?? Infinity,
        die() {
          this.isDead = true;
          settle({ ended: 'threw', error: killed() });
        },
      };
      const timer = this.#clock.setTimeout(() => settle({ ended: 'timed-out' }), timeoutMs);
      const settle = (outcome: Outcome): void => {
        // The function itself outlives the integration timeout, in AWS as here; only its result is no longer wanted.
        if (running && outcome.ended !== 'timed-out') running.hasEnded = true;
        if (isSettled) return;
        isSettled = true;
        this.#clock.clearTimeout(timer);
        resolve(this.#ended({ key }, startedAt, outcome));
      };
      const start = (): void => {
        target.invoke(event, context, orders).then(
          (result) => settle({ ended: 'returned', result }),
          (error: unknown) => settle({ ended: 'threw', error }),
        );
      };
      if (!running) {
        start();
        return;
      }
      // Async context costs every promise of the process a little, so only faults pay for it.
      this.outbound.watch();
      this.#running.run(running, start);
    });
  }

  #ended({ key }: { readonly key: string }, startedAt: number, outcome: Outcome): Outcome {
    this.#counts.invocations += 1;
    if (outcome.ended !== 'returned') this.#counts.integrationErrors += 1;
    this.#observe?.({
      type: 'invoked',
      routeKey: key,
      outcome: outcome.ended,
      durationMs: this.#clock.now() - startedAt,
      ...(outcome.ended === 'threw' && { error: outcome.error }),
    });
    return outcome;
  }
}

function killed(): GatewayError {
  return new GatewayError('function-failed', 'unable to finish the invocation; a fault killed it');
}

/** The parts of a proxy result the gateway reads. */
export interface ProxyResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Reads what a handler returned; undefined if it is not `{ statusCode, headers?, body? }`. */
export function readProxyResult(result: unknown): ProxyResult | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const { statusCode, headers, body, isBase64Encoded } = result as Record<string, unknown>;
  if (typeof statusCode !== 'number' || (body !== undefined && body !== null && typeof body !== 'string')) {
    return undefined;
  }
  const text = body ?? '';
  return {
    statusCode,
    headers: typeof headers === 'object' && headers !== null ? (headers as Record<string, unknown>) : {},
    body: isBase64Encoded === true ? Buffer.from(text, 'base64').toString() : text,
  };
}
