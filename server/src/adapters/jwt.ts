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
        const { sub, name, exp, classrooms } = z.parse(claimsSchema, payload);
        return { userId: sub, name, classrooms, expiresAt: exp * 1000 };
      } catch (cause) {
        throw refusalOf(cause);
      }
    },
  };
}

function keyOf({ secret, jwksUrl }: JwtOptions): { key: JWTVerifyGetKey; algorithms: string[] } {
  if (jwksUrl !== undefined && secret === undefined) {
    const key = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 3_000 });
    return { key, algorithms: ['ES256', 'RS256'] };
  }
  if (secret === undefined || jwksUrl !== undefined)
    throw new TypeError('give either a JWT secret or a JWKS address');
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < 32) throw new TypeError('the JWT secret must have at least 32 bytes');
  return { key: () => bytes, algorithms: ['HS256'] };
}

/** A sentence that tells what is wrong with the token without telling the token. */
function refusalOf(cause: unknown): ChalklineError {
  if (cause instanceof errors.JWKSTimeout || (cause instanceof Error && !isRefusal(cause))) {
    return new ChalklineError(
      'internal',
      'unable to verify the token; the public keys could not be fetched',
      { cause },
    );
  }
  const reason =
    cause instanceof errors.JWTExpired
      ? 'it has ended'
      : cause instanceof errors.JWTClaimValidationFailed
        ? `its claim "${cause.claim}" does not fit`
        : cause instanceof z.core.$ZodError
          ? `its claim "${cause.issues[0]?.path.join('.') ?? ''}" does not fit`
          : 'its signature does not fit';
  return new ChalklineError('unauthorized', `unable to accept the token; ${reason}`);
}

function isRefusal(cause: Error): boolean {
  return cause instanceof errors.JOSEError || cause instanceof z.core.$ZodError;
}
