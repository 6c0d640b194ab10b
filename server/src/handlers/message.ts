import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { Backend } from '../backend.ts';
import { route } from '../router.ts';
import { readContext } from './claims-context.ts';

/** Carries out one client frame. */
export function messageHandler(backend: Backend) {
  return async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
    const { connectionId } = event.requestContext;
    await route(backend, { connectionId, claims: readContext(event) }, event.body ?? '');
    return { statusCode: 200 };
  };
}
