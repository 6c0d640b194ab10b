import { startRedisPair } from './redis-pair.ts';
import { startRedis, type RedisProcess } from './redis.ts';

/**
 * Where classrooms are kept: in the backend's process, in one Redis, or in a primary with a replica; `rehearsal` is what
 * would be deployed, whole, with a Redis of its own.
 */
export type StoreKind = 'memory' | 'redis' | 'replicas' | 'rehearsal';

/** The processes of a store, and what can be done to them. */
export interface StoreHost {
  url: string;
  primary(): RedisProcess;
  /** The primary crashes and comes back empty. */
  empty?(): Promise<void>;
  /** Only where there is a replica. */
  replica?: {
    /** Whether what the primary writes stands still on its way to it. */
    isHeld: boolean;
    /** The primary crashes, and the replica takes its place, without what is still on its way. */
    promote(): Promise<void>;
  };
  stop(): Promise<void>;
}

export async function startStoreHost(kind: Exclude<StoreKind, 'rehearsal'>): Promise<StoreHost | undefined> {
  if (kind === 'memory') return undefined;
  if (kind === 'replicas') return await startRedisPair();
  let redis = await startRedis();
  const { url, port } = redis;
  return {
    url,
    primary: () => redis,
    async empty() {
      await redis.stop();
      redis = await startRedis({ port });
    },
    stop: () => redis.stop(),
  };
}
