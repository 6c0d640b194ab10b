import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from './clock.ts';

/** What @connections calls must be signed with. */
export interface GatewayCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Whether a request carries a valid Signature Version 4 over itself and `body`. */
export type VerifySignature = (request: IncomingMessage, body: Buffer) => Promise<boolean>;

// AWS refuses a signature whose clock is further off.
const MOST_SKEW_MS = 5 * 60 * 1000;
const CONTENT_HASH = 'x-amz-content-sha256';

/** Prepares to check signatures: the AWS SDK's own signer signs the same request, and both must agree. */
export async function createSignatureVerifier(
  credentials: GatewayCredentials,
  region: string,
  clock: Clock,
): Promise<VerifySignature> {
  // Loaded here because most gateways check no signatures, and it is most of what they would load.
  const { ApiGatewayManagementApiClient } = await import('@aws-sdk/client-apigatewaymanagementapi');
  const client = new ApiGatewayManagementApiClient({ region, credentials, endpoint: 'http://gateway' });
  const signer = await client.config.signer({
    name: 'sigv4',
    signingName: 'execute-api',
    signingRegion: region,
    properties: {},
  });

  return async (request, body) => {
    const claim = readAuthorization(request.headers.authorization);
    const signedAt = readAmzDate(request.headers['x-amz-date']);
    if (!claim || signedAt === undefined) return false;
    if (Math.abs(signedAt - clock.now()) > MOST_SKEW_MS) return false;
    const headers: Record<string, string> = {};
    for (const name of claim.signedHeaders) {
      const value = request.headers[name];
      if (value === undefined) return false;
      headers[name] = Array.isArray(value) ? value.join(',') : value;
    }
    if (headers.host === undefined) return false;
    // The signer trusts the hash it is given, so it must be the hash of what arrived.
    const contentHash = headers[CONTENT_HASH];
    if (contentHash !== undefined && contentHash !== createHash('sha256').update(body).digest('hex')) {
      return false;
    }
    const [path = '/', search = ''] = (request.url ?? '/').split('?');
    const signed = await signer.sign(
      {
        method: request.method ?? 'GET',
        protocol: 'http:',
        hostname: headers.host,
        path,
        query: Object.fromEntries(new URLSearchParams(search)),
        headers,
        body,
      },
      {
        signingDate: new Date(signedAt),
        signableHeaders: new Set(claim.signedHeaders),
        unsignableHeaders: new Set(contentHash === undefined ? [CONTENT_HASH] : []),
      },
    );
    const ours = Buffer.from(signed.headers.authorization ?? '');
    const theirs = Buffer.from(claim.normalized);
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  };
}

interface Claim {
  readonly signedHeaders: readonly string[];
  /** The header as the signer writes it. */
  readonly normalized: string;
}

function readAuthorization(header: string | undefined): Claim | undefined {
  const match =
    /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=(\w+)$/.exec(
      header ?? '',
    );
  const [, credential, signedHeaders, signature] = match ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  return {
    signedHeaders: signedHeaders.split(';'),
    normalized: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}

/** `20260101T120000Z` → ms since 1970. */
function readAmzDate(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string' || !/^\d{8}T\d{6}Z$/.test(header)) return undefined;
  const iso = header.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms;
}
