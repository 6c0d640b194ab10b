import type { APIGatewayProxyWebsocketEventV2, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { writeContext } from '../handlers/claims-context.ts';
import type { Claims } from '../ports.ts';

/** The event of the authorizer for an upgrade with these headers. */
export function upgradeEvent(headers: Record<string, string>): APIGatewayRequestAuthorizerEvent {
  const methodArn = 'arn:aws:execute-api:us-east-1:123456789012:local/dev/$connect';
  return { type: 'REQUEST', methodArn, headers } as unknown as APIGatewayRequestAuthorizerEvent;
}

/** The event of a socket whose authorizer gave these claims; API Gateway makes texts of them and adds its own. */
export function socketEvent(
  connectionId: string,
  claims: Claims,
  { body, ...context }: { body?: string; disconnectStatusCode?: number; disconnectReason?: string } = {},
): APIGatewayProxyWebsocketEventV2 {
  const authorizer = { principalId: claims.userId, integrationLatency: 7, ...writeContext(claims) };
  const requestContext = { connectionId, authorizer, ...context };
  return { requestContext, body, isBase64Encoded: false } as unknown as APIGatewayProxyWebsocketEventV2;
}
