import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Clock } from './clock.ts';
import type { LambdaHandler } from './routes.ts';

/** What faults ask of one invocation, beyond running it. */
export interface InvocationOrders {
  /** Start a new environment rather than reuse a warm one. */
  readonly isCold?: boolean;
  /** Die at the n-th outbound @connections call, before it is sent; 1 is the first. */
  readonly dieAtPost?: number;
}

/** Something the gateway can invoke as it would a Lambda function. */
export interface LambdaFunction {
  /**
   * Runs the function once and resolves with its result.
   * @throws what the function threw, or a GatewayError `function-failed` if its process died or ran out of time.
   */
  invoke(event: unknown, context: Context, orders: InvocationOrders): Promise<unknown>;
  /** Ends its processes. The gateway does not call it: who made the function closes it. */
  close?(): Promise<void>;
}

/** Tells a function from a route's options. */
export function isLambdaFunction(value: object): value is LambdaFunction {
  return 'invoke' in value;
}

/** A handler of this process as a function. It starts warm, shares this process and cannot be stopped. */
export function functionFromHandler(handler: LambdaHandler): LambdaFunction {
  return {
    invoke: (event, context) =>
      new Promise((resolve, reject) => {
        const returned = handler(event as never, context, (error, result) => {
          if (error) reject(error instanceof Error ? error : new Error(error));
          else resolve(result);
        });
        // A handler with three parameters answers by its callback, unless it is async after all.
        if (handler.length < 3 || returned instanceof Promise) resolve(returned);
      }),
  };
}

/** The Lambda context of one invocation. */
export function createContext(functionName: string, timeoutMs: number, clock: Clock): Context {
  const endsAt = clock.now() + timeoutMs;
  const context: Omit<Context, 'done' | 'fail' | 'succeed'> = {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    memoryLimitInMB: '128',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, endsAt - clock.now()),
  };
  // The runtime no longer has `done`, `fail` and `succeed`; its type still does.
  return context as Context;
}
