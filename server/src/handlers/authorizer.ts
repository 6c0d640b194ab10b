import { byteLength, ChalklineError } from '@chalkline/client-sdk/protocol';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Backend } from '../backend.ts';
import { asChalklineError, causesOf } from '../failure.ts';
import type { Claims } from '../ports.ts';
import { writeContext } from './claims-context.ts';
import { offeredToken } from './offered-token.ts';

/** API Gateway answers 500 to a larger verdict, and says nowhere why. */
const VERDICT_BYTES = 8192;

/** Admits whoever brings a valid token beside the app protocol; the platform answers others with 401. */
export function authorizerHandler({ verifier, log, meter }: Pick<Backend, 'verifier' | 'log' | 'meter'>) {
  return async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    try {
      const token = offeredToken(event.headers);
      if (token === undefined) throw refusal('no token in Sec-WebSocket-Protocol');
      const verdict = verdictOf(await verifier.verify(token), event.methodArn);
      if (byteLength(JSON.stringify(verdict)) <= VERDICT_BYTES) return verdict;
      throw refusal(`its claims have more than ${VERDICT_BYTES} bytes; name classrooms by a prefix and *`);
    } catch (error) {
      const problem = asChalklineError(error);
      const isRefusal = problem.code !== 'internal';
      const why = isRefusal ? { reason: problem.message } : { cause: causesOf(problem) };
      log({ action: 'authorize', outcome: problem.code, ...why });
      meter.add('refusedAtDoor', 1, isRefusal ? reasonOf(problem.message) : 'internal');
      // API Gateway answers 401 to this word, and to no other.
      throw isRefusal ? new Error('Unauthorized') : problem;
    }
  };
}

/** Why, in a few words: what stands behind the semicolon. */
function reasonOf(message: string): string {
  return message.split('; ')[1] ?? message;
}

function refusal(reason: string): ChalklineError {
  return new ChalklineError('unauthorized', `unable to accept the token; ${reason}`);
}

function verdictOf(claims: Claims, methodArn: string): APIGatewayAuthorizerResult {
  const allow = { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn } as const;
  const policyDocument = { Version: '2012-10-17', Statement: [allow] };
  return { principalId: claims.userId, policyDocument, context: { ...writeContext(claims) } };
}
