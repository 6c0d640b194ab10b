import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { Backend } from '../backend.ts';
import { broadcast, postsOf } from '../broadcast.ts';

/** What `$disconnect` carries besides; the published types leave it out. */
interface DisconnectContext {
  disconnectStatusCode?: number;
  disconnectReason?: string;
}

/** Removes the connection from its classrooms and tells those who stay. */
export function disconnectHandler(backend: Pick<Backend, 'store' | 'gateway' | 'log' | 'meter'>) {
  return async (event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> => {
    const { connectionId } = event.requestContext;
    const isClean = saidGoodbye(event.requestContext as DisconnectContext);
    const announcements = await backend.store.disconnect(connectionId, isClean);
    await broadcast(backend, announcements.flatMap(postsOf));
    backend.log({ action: 'disconnect', outcome: 'ok', connectionId, isClean });
    return { statusCode: 200 };
  };
}

/**
 * Whether the user went away by their own wish: the app closed (1000, or 1005 for a close frame without a code) or the
 * tab did (1001 without a reason). API Gateway ends idle and old sockets with 1001 too, but says "Going away".
 */
function saidGoodbye({ disconnectStatusCode: code, disconnectReason: reason }: DisconnectContext): boolean {
  return code === 1000 || code === 1005 || (code === 1001 && !reason);
}
