import { ChalklineError } from '@chalkline/client-sdk/protocol';
import type { Backend } from '../backend.ts';
import type { Claims } from '../ports.ts';
import type { Speaker } from '../router.ts';

/**
 * What the speaker may do now: by the token in the command, if there is one, else by the one that opened the socket.
 * @throws ChalklineError `unauthorized` if it has ended; `forbidden` if it names another user.
 */
export async function currentClaims(
  { verifier, clock }: Pick<Backend, 'verifier' | 'clock'>,
  speaker: Speaker,
  token: string | undefined,
): Promise<Claims> {
  const claims = token === undefined ? speaker.claims : await verifier.verify(token);
  if (claims.userId !== speaker.claims.userId) {
    throw new ChalklineError(
      'forbidden',
      'unable to take the token; it names another user than the connection',
    );
  }
  if (claims.expiresAt <= clock())
    throw new ChalklineError('unauthorized', 'unable to go on; the token has ended');
  return claims;
}
