import type { ClassroomStore } from './ports.ts';

/** Everything that the backend counts or times: the same names in CloudWatch, in Prometheus and in the runbook. */
export const metrics = {
  published: { unit: 'count', help: 'Messages that were kept, each once' },
  delivered: { unit: 'count', help: 'Frames that the gateway took for a connection' },
  failed: { unit: 'count', help: 'Frames that could not be posted, by reason' },
  gone: { unit: 'count', help: 'Connections that turned out to be gone when something was posted to them' },
  retries: { unit: 'count', help: 'Posts that were tried a second time' },
  recoveries: { unit: 'count', help: 'Clients that came back and got all that they had missed' },
  discontinuities: { unit: 'count', help: 'Clients that came back too late, or to another epoch' },
  ghostsSwept: { unit: 'count', help: 'Members let go because their lease or grace had ended' },
  refused: { unit: 'count', help: 'Commands that were refused, by error code' },
  refusedAtDoor: { unit: 'count', help: 'Sockets that the authorizer refused, by reason' },
  fanOutMs: { unit: 'ms', help: 'Time that the posts of one invocation took' },
  storeMs: { unit: 'ms', help: 'Time of one call to the store' },
  members: { unit: 'members', help: 'Members of a classroom, told at each join' },
} as const satisfies Record<string, { unit: 'count' | 'ms' | 'members'; help: string }>;

export type MetricName = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as MetricName[];

/** Counts and times what happens. Never throws, and never waits for anything. */
export interface Meter {
  /** @param value how many, or how long. @default 1 */
  add(name: MetricName, value?: number, reason?: string): void;
}

/** The same store, each call of which is timed. */
export function timedStore(store: ClassroomStore, meter: Meter): ClassroomStore {
  return new Proxy(store, {
    get(target, verb, receiver) {
      const member: unknown = Reflect.get(target, verb, receiver);
      if (typeof member !== 'function' || verb === 'close') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        const startedAt = performance.now();
        try {
          return await (member as (...args: unknown[]) => Promise<unknown>).apply(target, args);
        } finally {
          meter.add('storeMs', performance.now() - startedAt);
        }
      };
    },
  });
}
