import {
  browserEnv,
  createClient,
  type BuiltInMessages,
  type ClientOptions,
  type MessageDefinitions,
  type Role,
} from '@chalkline/client-sdk';
import { signToken } from '@chalkline/server';
import { WebSocket } from 'ws';

/** What every test's tokens are signed with. */
export const SECRET = 'a-secret-for-tests-of-32-bytes-or-more';

export interface UserOptions<M extends MessageDefinitions> extends Partial<ClientOptions<M>> {
  url: string;
  /** Role by classroom id. */
  classrooms: Readonly<Record<string, Role>>;
}

/** A real SDK client over real sockets, signed in as `userId`. */
export function signIn<M extends MessageDefinitions = BuiltInMessages>(
  userId: string,
  options: UserOptions<M>,
) {
  const { classrooms, ...clientOptions } = options;
  const name = userId.charAt(0).toUpperCase() + userId.slice(1);
  return createClient({
    token: () => signToken({ secret: SECRET, userId, name, classrooms }),
    env: nodeEnv(),
    ...clientOptions,
  });
}

/** The SDK's own env with the `ws` package for a WebSocket: Node 20 has none. */
export function nodeEnv() {
  return { ...browserEnv(), WebSocket: WebSocket as unknown as typeof globalThis.WebSocket };
}
