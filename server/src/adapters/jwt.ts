import { ChalklineError, nameSchema, roleSchema } from '@chalkline/client-sdk/protocol';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod/mini';
import type { Clock, TokenVerifier } from '../ports.ts';

export interface JwtOptions {
  /** A secret of at least 32 bytes shared with whoever signs (HS256), or … */
  secret?: string;
  /** … the address of the signer's public keys (ES256, RS256). */
  jwksUrl?: string;
  /** @default not checked */
  issuer?: string;
  /** @default not checked */
  audience?: string;
  clock: Clock;
}

/** What a token must say: `{ sub, name, exp, classrooms: { [id or prefix*]: role } }`. */
const claimsSchema = z.object({
  sub: nameSchema,
  name: z.string().check(z.minLength(1), z.maxLength(128)),
  exp: z.number(),
  classrooms: z.record(z.string().check(z.regex(/^[\w.:~-]{0,128}\*?$/)), roleSchema),
});

/** How far the clocks of signer and verifier may be apart, in s. */
const CLOCK_SKEW_S = 5;

/** How long the signer's keys may take: a client waits for them at the door. */
const JWKS_TIMEOUT_MS = 3_000;

/**
 * Verifies JWTs of one signer.
 * @throws TypeError unless there is either a secret of at least 32 bytes or a JWKS address.
 */
export function createJwtVerifier(options: JwtOptions): TokenVerifier {
  const { issuer, audience, clock } = options;
  const { key, algorithms } = keyOf(options);
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms,
          clockTolerance: CLOCK_SKEW_S,
          currentDate: new Date(clock()),
          requiredClaims: ['sub', 'exp'],
          ...(issuer === undefined ? {} : { issuer }),
          ...(audience === undefined ? {} : { audience }),
        });
        const claims = z.safeParse(claimsSchema, payload);
        if (!claims.success) {
          const claim = String(claims.error.issues[0]?.path[0]);
          throw new ChalklineError(
            'unauthorized',
            `unable to accept the token; its claim "${claim}" does not fit`,
          );
        }
        const { sub, name, exp, classrooms } = claims.data;
        // The skew is granted to the end, or a token let in by it would be turned away by the first command.
        return { userId: sub, name, classrooms, expiresAt: (exp + CLOCK_SKEW_S) * 1000 };
      } catch (cause) {
        throw refusalOf(cause);
      }
    },
  };
}

function keyOf({ secret, jwksUrl }: JwtOptions): { key: JWTVerifyGetKey; algorithms: string[] } {
  if (jwksUrl !== undefined && secret === undefined) {
    return { key: remoteKeys(jwksUrl), algorithms: ['ES256', 'RS256'] };
  }
  if (secret === undefined || jwksUrl !== undefined)
    throw new TypeError('give either a JWT secret or a JWKS address');
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < 32) throw new TypeError('the JWT secret must have at least 32 bytes');
  return { key: () => bytes, algorithms: ['HS256'] };
}

/** The signer's public keys. That they could not be had is no fault of the token: the client may come again. */
function remoteKeys(jwksUrl: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys)
        throw cause;
      throw new ChalklineError(
        'internal',
        'unable to verify the token; the public keys could not be fetched',
        { cause },
      );
    }
  };
}

/** A sentence that tells what is wrong with the token. Without a `cause`: those of jose hold what the token said. */
function refusalOf(cause: unknown): ChalklineError {
  if (cause instanceof ChalklineError) return cause;
  const reason =
    cause instanceof errors.JWTExpired
      ? 'it has ended'
      : cause instanceof errors.JWTClaimValidationFailed
        ? `its claim "${cause.claim}" does not fit`
        : 'its signature does not fit';
  return new ChalklineError('unauthorized', `unable to accept the token; ${reason}`);
}
