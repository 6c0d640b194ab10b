import { createApiGateway } from '../adapters/api-gateway.ts';
import { connectRedis } from '../adapters/redis/connect-redis.ts';
import { Archive } from '../archive/archive.ts';
import { operate, type Operation } from '../archive/operations.ts';
import type { OperatorAnswer } from '../handlers/operator.ts';

/** Where operators' commands reach what is kept. */
export const whereOptions = {
  function: { type: 'string' },
  redis: { type: 'string' },
  cluster: { type: 'boolean', default: false },
} as const;

export const whereUsage = `
            --function <name>  the deployment's operator function, with the AWS credentials and the region of the environment;
            --redis <url>      or the cache itself: also REDIS_URL; --cluster if it is one`;

export interface Where {
  function?: string | undefined;
  redis?: string | undefined;
  cluster: boolean;
}

/**
 * What an operation tells, item by item. @param callback of the API whose clients it speaks to; the function knows its own
 * @throws Error with a sentence for the person.
 */
export function itemsOf(where: Where, asked: Operation, callback = ''): AsyncGenerator<object> {
  return where.function === undefined ? here(where, asked, callback) : within(where.function, asked);
}

async function* here(where: Where, asked: Operation, callback: string): AsyncGenerator<object> {
  const url = where.redis ?? process.env.REDIS_URL;
  if (url === undefined) throw new Error('give the cache by --function, by --redis, or by REDIS_URL');
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

/** Asks the function until it has told all. */
async function* within(functionName: string, asked: Operation): AsyncGenerator<object> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const lambda = new LambdaClient();
  for (let { after } = asked; ;) {
    const Payload = JSON.stringify({ ...asked, after });
    const { Payload: told, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload }),
    );
    const answer = JSON.parse(Buffer.from(told ?? []).toString()) as OperatorAnswer & {
      errorMessage?: string;
    };
    if (FunctionError !== undefined)
      throw new Error(answer.errorMessage ?? `unable to operate; ${functionName} failed: ${FunctionError}`);
    yield* answer.items;
    if (answer.after === undefined) return;
    after = answer.after;
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
