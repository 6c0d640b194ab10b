import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '@chalkline/client-sdk/protocol';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Backend } from '../backend.ts';
import { asChalklineError, causesOf } from '../failure.ts';
import { writeContext } from './claims-context.ts';

/** Admits whoever brings a valid token beside the app protocol; the platform answers others with 401. */
export function authorizerHandler({ verifier, log }: Pick<Backend, 'verifier' | 'log'>) {
  return async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const protocols = offeredProtocols(event.headers);
    const token = protocols.find((protocol) => protocol.startsWith(TOKEN_SUBPROTOCOL_PREFIX));
    if (token === undefined || !protocols.includes(SUBPROTOCOL))
      return refuse('no token in Sec-WebSocket-Protocol');
    try {
      const claims = await verifier.verify(token.slice(TOKEN_SUBPROTOCOL_PREFIX.length));
      return {
        principalId: claims.userId,
        policyDocument: {
          Version: '2012-10-17',
          Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }],
        },
        context: { ...writeContext(claims) },
      };
    } catch (error) {
      const problem = asChalklineError(error);
      if (problem.code !== 'internal') return refuse(problem.message);
      log({ action: 'authorize', outcome: problem.code, cause: causesOf(problem) });
      throw problem;
    }

    function refuse(reason: string): never {
      log({ action: 'authorize', outcome: 'unauthorized', reason });
      // API Gateway answers 401 to this word, and to no other.
      throw new Error('Unauthorized');
    }
  };
}

function offeredProtocols(headers: APIGatewayRequestAuthorizerEvent['headers']): string[] {
  const name = Object.keys(headers ?? {}).find((header) => header.toLowerCase() === 'sec-websocket-protocol');
  const offered = name === undefined ? undefined : headers?.[name];
  return (offered ?? '').split(',').map((protocol) => protocol.trim());
}
