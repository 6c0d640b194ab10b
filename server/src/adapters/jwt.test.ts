import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { ChalklineError } from '@chalkline/client-sdk/protocol';
import {
  base64url,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signToken } from '../token.ts';
import { createJwtVerifier, type JwtOptions } from './jwt.ts';

const NOW = 1_700_000_000_000;
const NOW_S = NOW / 1000;
const SECRET = 'a secret that only the tests know of';
const clock = (): number => NOW;
const good = {
  sub: 'ada',
  name: 'Ada',
  classrooms: { maths: 'teacher', 'art-*': 'student' },
  exp: NOW_S + 60,
};

const bytesOf = (secret: string): Uint8Array => new TextEncoder().encode(secret);
const sign = (
  payload: object,
  header: { alg: string; kid?: string } = { alg: 'HS256' },
  key: CryptoKey | Uint8Array = bytesOf(SECRET),
): Promise<string> => new SignJWT(payload as JWTPayload).setProtectedHeader(header).sign(key);

/** Verifies and returns the refusal, which must not tell the token in any way. */
async function refusalOf(token: string, options: Partial<JwtOptions> = {}): Promise<ChalklineError> {
  const verifier = createJwtVerifier({ ...(options.jwksUrl ? {} : { secret: SECRET }), clock, ...options });
  const error: unknown = await verifier.verify(token).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof ChalklineError))
    throw new Error('the token was not refused with a code', { cause: error });
  const told = inspect(error, { depth: 10, showHidden: true });
  for (const part of token.split('.').filter((text) => text.length > 8)) expect(told).not.toContain(part);
  // Nor what it says, which the errors of jose carry with them.
  expect(told).not.toContain('art-*');
  return error;
}

describe('a shared secret (HS256)', () => {
  it('gives the claims of a good token', async () => {
    const verifier = createJwtVerifier({ secret: SECRET, clock });
    expect(await verifier.verify(await sign(good))).toEqual({
      userId: 'ada',
      name: 'Ada',
      classrooms: good.classrooms,
      // With the skew, to the end of which it is honoured.
      expiresAt: NOW + 65_000,
    });
  });

  it('takes what signToken signs', async () => {
    const token = await signToken({
      secret: SECRET,
      userId: 'ben',
      name: 'Ben',
      classrooms: { maths: 'student' },
      issuer: 'school',
      audience: 'chalkline',
      expiresInS: 60,
    });
    const options = { secret: SECRET, issuer: 'school', audience: 'chalkline', clock: () => Date.now() };
    expect(await createJwtVerifier(options).verify(token)).toMatchObject({
      userId: 'ben',
      name: 'Ben',
      classrooms: { maths: 'student' },
    });
  });

  // Seen red: issuer and audience not handed on to jose; its error kept as the cause.
  const cases: [name: string, token: () => Promise<string>, reason: string, options?: Partial<JwtOptions>][] =
    [
      [
        'is signed with another secret',
        () => sign(good, undefined, bytesOf('x'.repeat(32))),
        'its signature does not fit',
      ],
      ['is no token', () => Promise.resolve('not-a-token-at-all'), 'its signature does not fit'],
      ['is empty', () => Promise.resolve(''), 'its signature does not fit'],
      ['was changed', async () => forged(await sign(good)), 'its signature does not fit'],
      ['has the alg none', () => Promise.resolve(unsigned(good)), 'its signature does not fit'],
      [
        'has another alg of the family',
        () => sign(good, { alg: 'HS512' }, new Uint8Array(64)),
        'its signature does not fit',
      ],
      ['has ended', () => sign({ ...good, exp: NOW_S - 6 }), 'it has ended'],
      ['has no end', () => sign({ ...good, exp: undefined }), 'its claim "exp" does not fit'],
      ['begins later', () => sign({ ...good, nbf: NOW_S + 60 }), 'its claim "nbf" does not fit'],
      ['has no user', () => sign({ ...good, sub: undefined }), 'its claim "sub" does not fit'],
      ['has an empty user', () => sign({ ...good, sub: '' }), 'its claim "sub" does not fit'],
      ['has no name', () => sign({ ...good, name: undefined }), 'its claim "name" does not fit'],
      ['has a huge name', () => sign({ ...good, name: 'x'.repeat(129) }), 'its claim "name" does not fit'],
      [
        'has no classrooms',
        () => sign({ ...good, classrooms: undefined }),
        'its claim "classrooms" does not fit',
      ],
      [
        'has a list of classrooms',
        () => sign({ ...good, classrooms: ['maths'] }),
        'its claim "classrooms" does not fit',
      ],
      [
        'has a role that is none',
        () => sign({ ...good, classrooms: { maths: 'owner' } }),
        'its claim "classrooms" does not fit',
      ],
      [
        'has a star within a name',
        () => sign({ ...good, classrooms: { 'a*b': 'teacher' } }),
        'its claim "classrooms" does not fit',
      ],
      [
        'is of another issuer',
        () => sign({ ...good, iss: 'other' }),
        'its claim "iss" does not fit',
        { issuer: 'school' },
      ],
      ['names no issuer', () => sign(good), 'its claim "iss" does not fit', { issuer: 'school' }],
      [
        'is for another audience',
        () => sign({ ...good, aud: 'other' }),
        'its claim "aud" does not fit',
        { audience: 'chalkline' },
      ],
      ['names no audience', () => sign(good), 'its claim "aud" does not fit', { audience: 'chalkline' }],
    ];
  for (const [name, token, reason, options] of cases) {
    it(`refuses a token that ${name}`, async () => {
      expect(await refusalOf(await token(), options)).toMatchObject({
        code: 'unauthorized',
        message: `unable to accept the token; ${reason}`,
      });
    });
  }

  it('honours a token for as long as clocks may differ, and its claims with it', async () => {
    // Seen red: the bare `exp` given on, by which the first command turned away whom the door had let in.
    const claims = await createJwtVerifier({ secret: SECRET, clock }).verify(
      await sign({ ...good, exp: NOW_S - 4 }),
    );
    expect(claims.expiresAt).toBeGreaterThan(NOW);
  });

  it('gives no role by way of the prototype', async () => {
    const token = await sign({ ...good, classrooms: JSON.parse('{"__proto__":"teacher"}') as object });
    const { classrooms } = await createJwtVerifier({ secret: SECRET, clock }).verify(token);
    expect(Object.keys(classrooms)).toEqual([]);
    expect(Object.getPrototypeOf(classrooms)).toSatisfy(
      (proto) => proto === Object.prototype || proto === null,
    );
  });

  it.each([
    ['a secret that is too short', { secret: 'x'.repeat(31) }, 'the JWT secret must have at least 32 bytes'],
    ['neither secret nor address', {}, 'give either a JWT secret or a JWKS address'],
    [
      'both of them',
      { secret: SECRET, jwksUrl: 'http://127.0.0.1/' },
      'give either a JWT secret or a JWKS address',
    ],
  ])('is not made with %s', (_name, options, message) => {
    expect(() => createJwtVerifier({ ...options, clock })).toThrow(new TypeError(message));
  });
});

describe('public keys of an issuer (JWKS)', () => {
  let server: Server;
  let jwksUrl: string;
  let answer: { status: number; body: string };
  let ec: Awaited<ReturnType<typeof generateKeyPair>>;
  let rsa: Awaited<ReturnType<typeof generateKeyPair>>;
  let keys: string;
  beforeAll(async () => {
    [ec, rsa] = await Promise.all([
      generateKeyPair('ES256', { extractable: true }),
      generateKeyPair('RS256', { extractable: true }),
    ]);
    const [ecKey, rsaKey] = await Promise.all([exportJWK(ec.publicKey), exportJWK(rsa.publicKey)]);
    keys = JSON.stringify({
      keys: [
        { ...ecKey, kid: 'ec', alg: 'ES256', use: 'sig' },
        { ...rsaKey, kid: 'rsa', alg: 'RS256', use: 'sig' },
      ],
    });
    server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    answer = { status: 200, body: keys };
  });
  afterEach(() => (answer = { status: 200, body: keys }));
  afterAll(() => void server.close());

  it.each(['ES256', 'RS256'])('verify %s', async (alg) => {
    const [kid, key] = alg === 'ES256' ? ['ec', ec.privateKey] : ['rsa', rsa.privateKey];
    const token = await sign(good, { alg, kid }, key);
    expect(await createJwtVerifier({ jwksUrl, clock }).verify(token)).toMatchObject({ userId: 'ada' });
  });

  it('are no secret: a token signed with one of them as if it were is refused', async () => {
    // Seen red: `algorithms` left out.
    const publicKey = bytesOf(await exportSPKI(rsa.publicKey));
    const token = await sign(good, { alg: 'HS256', kid: 'rsa' }, publicKey);
    expect((await refusalOf(token, { jwksUrl })).code).toBe('unauthorized');
  });

  it('refuse a token of a key that is not theirs, and one without a signature', async () => {
    const other = await generateKeyPair('ES256');
    for (const token of [
      await sign(good, { alg: 'ES256', kid: 'ec' }, other.privateKey),
      await sign(good, { alg: 'ES256', kid: 'unknown' }, other.privateKey),
      unsigned(good),
    ]) {
      expect((await refusalOf(token, { jwksUrl })).code).toBe('unauthorized');
    }
  });

  it.each([
    ['answer with 500', { status: 500, body: '' }],
    ['are no JSON', { status: 200, body: '<html>' }],
    ['are no keys', { status: 200, body: '{}' }],
  ])('that %s are no fault of the token: it may be tried again', async (_name, failure) => {
    // Seen red: every JOSEError taken for a refusal, so that a keys server at 500 signed everybody out for good.
    answer = failure;
    const token = await sign(good, { alg: 'ES256', kid: 'ec' }, ec.privateKey);
    const error = await refusalOf(token, { jwksUrl });
    expect(error).toMatchObject({
      code: 'internal',
      message: 'unable to verify the token; the public keys could not be fetched',
      retryable: true,
    });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('that nobody serves are no fault of the token either', async () => {
    const token = await sign(good, { alg: 'ES256', kid: 'ec' }, ec.privateKey);
    expect((await refusalOf(token, { jwksUrl: 'http://127.0.0.1:9/' })).code).toBe('internal');
  });
});

/** The same token with another user in it. */
function forged(token: string): string {
  const [header, , signature] = token.split('.');
  return [header, base64url.encode(JSON.stringify({ ...good, sub: 'ben' })), signature].join('.');
}

function unsigned(payload: object): string {
  const encode = (part: object): string => base64url.encode(JSON.stringify(part));
  return `${encode({ alg: 'none' })}.${encode(payload)}.`;
}
