import { createApiGateway } from '../adapters/api-gateway.ts';
import { connectRedis } from '../adapters/redis/connect-redis.ts';
import { Archive } from '../archive/archive.ts';
import { operate, type Operation } from '../archive/operations.ts';

/** Where operators' commands reach what is kept. */
export const whereOptions = {
  redis: { type: 'string' },
  cluster: { type: 'boolean', default: false },
} as const;

export const whereUsage = `
            --redis <url>     also REDIS_URL; --cluster if it is one`;

export interface Where {
  redis?: string | undefined;
  cluster: boolean;
}

/** What an operation tells, item by item. @param callback of the API whose clients it speaks to. */
export async function* itemsOf(where: Where, asked: Operation, callback = ''): AsyncGenerator<object> {
  const url = where.redis ?? process.env.REDIS_URL;
  if (url === undefined) throw new Error('give the cache by --redis, or by REDIS_URL');
  const redis = connectRedis(url, { isCluster: where.cluster });
  try {
    const gateway = callback === '' ? nobody : createApiGateway({ endpoint: callback });
    for await (const { item } of operate({ archive: new Archive(redis), gateway }, asked)) {
      if (item) yield item;
    }
  } finally {
    redis.disconnect();
  }
}

const nobody = { post: () => Promise.resolve('failed' as const) };

/** The numbers of all items, added up by their names. @param tell hears each item as it comes. */
export async function sumOf(
  items: AsyncIterable<object>,
  tell: (item: Readonly<Record<string, unknown>>) => void = () => undefined,
): Promise<Record<string, number>> {
  const sum: Record<string, number> = {};
  for await (const item of items) {
    tell(item as Record<string, unknown>);
    for (const [name, value] of Object.entries(item))
      if (typeof value === 'number') sum[name] = (sum[name] ?? 0) + value;
  }
  return sum;
}
