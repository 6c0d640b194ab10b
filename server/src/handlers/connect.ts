import { SUBPROTOCOL } from '@chalkline/client-sdk/protocol';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { Backend } from '../backend.ts';
import { readContext } from './claims-context.ts';

/** Stores the connection, its user and the classrooms that its token names. The client's first frame is `hello`. */
export function connectHandler({ store, log }: Pick<Backend, 'store' | 'log'>) {
  return async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
    const { connectionId } = event.requestContext;
    const { userId, classrooms } = readContext(event);
    await store.connect({ connectionId, userId, classroomIds: Object.keys(classrooms) });
    log({ action: 'connect', outcome: 'ok', connectionId, userId });
    // The app protocol only: what is echoed is logged by proxies, and the other one is the token.
    return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } };
  };
}
