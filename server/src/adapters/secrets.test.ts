import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startSecretsManager, type SecretsManager } from '../../../tests/harness/secrets-manager.ts';
import { createJwtVerifier } from './jwt.ts';
import { createSecrets } from './secrets.ts';

const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};
const [first, second, third] = ['first', 'second', 'third'].map(
  (word) => `the ${word} secret of the classrooms`,
);

let manager: SecretsManager;
let now: number;
const clock = (): number => now;
let ids = 0;
let secretId: string;

beforeAll(async () => {
  manager = await startSecretsManager();
  Object.assign(process.env, environment);
});
afterAll(() => manager.close());
beforeEach(() => {
  now = 1_700_000_000_000;
  manager.failure = undefined;
  secretId = `jwt-${++ids}`;
  manager.put(secretId, first ?? '');
});

const sign = (secret = ''): Promise<string> =>
  new SignJWT({ sub: 'ada', name: 'Ada', classrooms: { maths: 'teacher' }, exp: now / 1000 + 7200 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));

// Seen red: AWSPREVIOUS not read; no second read for a token that does not fit.
it('lets tokens of the old and of the new secret in while it is changed, and nobody with an older one', async () => {
  const { verify } = createJwtVerifier({
    secret: createSecrets({ secretId, endpoint: manager.url, clock }),
    clock,
  });
  const tokens = [await sign(first), await sign(second), await sign(third)];
  await verify(tokens[0] ?? '');
  manager.put(secretId, second ?? '');
  now += 31_000;
  await verify(tokens[1] ?? '');
  await verify(tokens[0] ?? '');
  await expect(verify(tokens[2] ?? '')).rejects.toMatchObject({ code: 'unauthorized' });
  manager.put(secretId, third ?? '');
  now += 31_000;
  await verify(tokens[2] ?? '');
  await verify(tokens[1] ?? '');
  await expect(verify(tokens[0] ?? '')).rejects.toMatchObject({ code: 'unauthorized' });
});

it('forgets a withdrawn value after a quarter of an hour, and asks no sooner', async () => {
  const read = createSecrets({ secretId, endpoint: manager.url, clock });
  expect(await read(false)).toEqual([first]);
  manager.put(secretId, second ?? '');
  manager.put(secretId, third ?? '');
  now += 899_000;
  expect(await read(false)).toEqual([first]);
  now += 1_000;
  expect(await read(false)).toEqual([third, second]);
});

// Seen red: minAgeMs not looked at.
it('does not ask for each token of a stranger', async () => {
  const { verify } = createJwtVerifier({
    secret: createSecrets({ secretId, endpoint: manager.url, clock }),
    clock,
  });
  const stranger = await sign(second);
  const before = manager.calls;
  for (let attempt = 0; attempt < 5; attempt++)
    await expect(verify(stranger)).rejects.toMatchObject({ code: 'unauthorized' });
  expect(manager.calls - before).toBe(2);
});

it.each(['AccessDeniedException', 'ExpiredTokenException'])(
  'says with a code that it has none after %s, and asks again',
  async (failure) => {
    manager.failure = failure;
    const read = createSecrets({ secretId, endpoint: manager.url, clock });
    const refusal = { code: 'internal', message: 'unable to read the secret; Secrets Manager gave none' };
    await expect(read(false)).rejects.toMatchObject({ ...refusal, cause: { name: failure } });
    manager.failure = undefined;
    expect(await read(false)).toEqual([first]);
  },
);

// Seen red: without the AbortSignal, and with nothing but it.
it.each(['silence', 'half'])('gives up on a Secrets Manager of which comes %s', async (failure) => {
  manager.failure = failure;
  const read = createSecrets({ secretId, endpoint: manager.url, clock, deadlineMs: 100 });
  await expect(read(false)).rejects.toMatchObject({ code: 'internal' });
});

it('goes on with what it knows while Secrets Manager does not answer', async () => {
  const read = createSecrets({ secretId, endpoint: manager.url, clock, deadlineMs: 100 });
  await read(false);
  manager.failure = 'silence';
  now += 900_000;
  expect(await read(false)).toEqual([first]);
  manager.failure = undefined;
  manager.put(secretId, second ?? '');
  now += 30_000;
  expect(await read(false)).toEqual([second, first]);
});

it('says which secret there is none of', async () => {
  const read = createSecrets({ secretId: 'nowhere', endpoint: manager.url, clock });
  await expect(read(false)).rejects.toMatchObject({
    code: 'internal',
    cause: { message: 'there is no nowhere' },
  });
});

it('refuses a secret that could be guessed', async () => {
  manager.put(secretId, 'short');
  const { verify } = createJwtVerifier({
    secret: createSecrets({ secretId, endpoint: manager.url, clock }),
    clock,
  });
  await expect(verify(await sign(first))).rejects.toMatchObject({ code: 'internal' });
});
