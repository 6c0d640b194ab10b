import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '@chalkline/client-sdk/protocol';

/** The token that a client offers beside the app protocol; undefined if either is missing. */
export function offeredToken(headers: Record<string, string | undefined> | null): string | undefined {
  const name = Object.keys(headers ?? {}).find((header) => header.toLowerCase() === 'sec-websocket-protocol');
  const offered = name === undefined ? undefined : headers?.[name];
  const protocols = (offered ?? '').split(',').map((protocol) => protocol.trim());
  if (!protocols.includes(SUBPROTOCOL)) return undefined;
  const bearer = protocols.find((protocol) => protocol.startsWith(TOKEN_SUBPROTOCOL_PREFIX));
  return bearer?.slice(TOKEN_SUBPROTOCOL_PREFIX.length);
}
