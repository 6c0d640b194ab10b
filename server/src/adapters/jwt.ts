import { ChalklineError, nameSchema, roleSchema } from '@chalkline/client-sdk/protocol';
import {
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import * as z from 'zod/mini';
import { deadlines } from '../deadlines.ts';
import type { Clock, TokenVerifier } from '../ports.ts';

/**
 * Reads the secrets that may have signed a token, the newest first: while a secret is changed both are good. With
 * `isStale` a token has just been signed by none of those that were read before.
 */
export type ReadSecrets = (isStale: boolean) => Promise<readonly string[]>;

export interface JwtOptions {
  /** A secret of at least 32 bytes shared with whoever signs (HS256), or where to read the present ones, or … */
  secret?: string | ReadSecrets;
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
  const open = openerOf(options);
  return {
    async verify(token) {
      try {
        const { payload } = await open(token, {
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

type Open = (token: string, checks: JWTVerifyOptions) => Promise<{ payload: JWTPayload }>;

function openerOf({ secret, jwksUrl }: JwtOptions): Open {
  if (jwksUrl !== undefined && secret === undefined) {
    const keys = remoteKeys(jwksUrl);
    return (token, checks) => jwtVerify(token, keys, { ...checks, algorithms: ['ES256', 'RS256'] });
  }
  if (secret === undefined || jwksUrl !== undefined)
    throw new TypeError('give either a JWT secret or a JWKS address');
  if (typeof secret === 'string') return openWith([bytesOf(secret)]);
  return async (token, checks) => {
    const known = await secret(false);
    try {
      return await openWith(known.map(bytesOf))(token, checks);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      const present = await secret(true);
      if (present.every((text) => known.includes(text))) throw error;
      return await openWith(present.map(bytesOf))(token, checks);
    }
  };
}

/** Opens a token with whichever secret signed it. */
function openWith(secrets: readonly Uint8Array[]): Open {
  return async (token, checks) => {
    let refusal: unknown;
    for (const secret of secrets) {
      try {
        return await jwtVerify(token, secret, { ...checks, algorithms: ['HS256'] });
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  };
}

/** @throws TypeError for a secret that could be guessed. */
function bytesOf(secret: string): Uint8Array {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < 32) throw new TypeError('the JWT secret must have at least 32 bytes');
  return bytes;
}

/** The signer's public keys. That they could not be had is no fault of the token: the client may come again. */
function remoteKeys(jwksUrl: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: deadlines.keysMs });
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
  if (cause instanceof TypeError)
    return new ChalklineError('internal', `unable to verify the token; ${cause.message}`, { cause });
  const reason =
    cause instanceof errors.JWTExpired
      ? 'it has ended'
      : cause instanceof errors.JWTClaimValidationFailed
        ? `its claim "${cause.claim}" does not fit`
        : 'its signature does not fit';
  return new ChalklineError('unauthorized', `unable to accept the token; ${reason}`);
}
