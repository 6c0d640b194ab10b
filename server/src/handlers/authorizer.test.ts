import { describe, expect, it } from 'vitest';
import { ChalklineError } from '@chalkline/client-sdk/protocol';
import { createJwtVerifier } from '../adapters/jwt.ts';
import type { LogLine } from '../backend.ts';
import type { TokenVerifier } from '../ports.ts';
import { socketEvent, upgradeEvent } from '../testing/events.ts';
import { signToken } from '../token.ts';
import { authorizerHandler } from './authorizer.ts';
import { readContext } from './claims-context.ts';

const SECRET = 'a secret that only the tests know of';
const tokenOf = (change: object = {}): Promise<string> =>
  signToken({
    secret: SECRET,
    userId: 'ada',
    name: 'Ada Lovelace',
    classrooms: { maths: 'teacher' },
    ...change,
  });

/** Asks the authorizer about an upgrade that offers these subprotocols. */
async function ask(offered: string | undefined, header = 'Sec-WebSocket-Protocol', verifier?: TokenVerifier) {
  const lines: LogLine[] = [];
  const counted: [string, number, string][] = [];
  const handler = authorizerHandler({
    verifier: verifier ?? createJwtVerifier({ secret: SECRET, clock: () => Date.now() }),
    log: (line) => lines.push(line),
    meter: { add: (name, value = 1, reason = '') => void counted.push([name, value, reason]) },
  });
  const answer = await handler(upgradeEvent(offered === undefined ? {} : { [header]: offered })).catch(
    (error: unknown) => error as Error,
  );
  return { answer, lines, counted };
}

describe('the authorizer', () => {
  it('admits a good token, and its claims come out of every later event as they went in', async () => {
    const { answer, lines } = await ask(`chalkline.v1, bearer.${await tokenOf()}`);
    if (answer instanceof Error) throw answer;
    expect(answer).toMatchObject({
      principalId: 'ada',
      policyDocument: {
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: 'arn:aws:execute-api:us-east-1:123456789012:local/dev/$connect',
          },
        ],
      },
    });
    for (const value of Object.values(answer.context ?? {})) expect(typeof value).toBe('string');
    const claims = readContext({ requestContext: { authorizer: answer.context } });
    expect(claims).toMatchObject({ userId: 'ada', name: 'Ada Lovelace', classrooms: { maths: 'teacher' } });
    expect(readContext(socketEvent('c-1', claims))).toEqual(claims);
    expect(lines).toEqual([]);
  });

  it.each([['sec-websocket-protocol'], ['SEC-WEBSOCKET-PROTOCOL']])(
    'finds the token under %s',
    async (header) => {
      // Seen red: the header looked up by one spelling.
      expect((await ask(`bearer.${await tokenOf()},chalkline.v1`, header)).answer).not.toBeInstanceOf(Error);
    },
  );

  // Seen red: the protocol not asked for; the reason thrown in the place of `Unauthorized`.
  const refusals: [name: string, offered: () => Promise<string | undefined>, reason: string][] = [
    [
      'no header',
      () => Promise.resolve(undefined),
      'unable to accept the token; no token in Sec-WebSocket-Protocol',
    ],
    [
      'no token',
      () => Promise.resolve('chalkline.v1'),
      'unable to accept the token; no token in Sec-WebSocket-Protocol',
    ],
    [
      'a token alone',
      async () => `bearer.${await tokenOf()}`,
      'unable to accept the token; no token in Sec-WebSocket-Protocol',
    ],
    [
      'an empty token',
      () => Promise.resolve('chalkline.v1, bearer.'),
      'unable to accept the token; its signature does not fit',
    ],
    [
      'a forged token',
      async () => `chalkline.v1, bearer.${await tokenOf({ secret: 'x'.repeat(32) })}`,
      'unable to accept the token; its signature does not fit',
    ],
    [
      'a token that has ended',
      async () => `chalkline.v1, bearer.${await tokenOf({ expiresInS: -60 })}`,
      'unable to accept the token; it has ended',
    ],
  ];
  for (const [name, offered, reason] of refusals) {
    it(`says Unauthorized to ${name}, which API Gateway turns into 401, and why to the log only`, async () => {
      const text = await offered();
      const { answer, lines, counted } = await ask(text);
      expect(answer).toEqual(new Error('Unauthorized'));
      expect(lines).toEqual([{ action: 'authorize', outcome: 'unauthorized', reason }]);
      expect(counted).toEqual([['refusedAtDoor', 1, reason.split('; ')[1]]]);
      const token = text?.split('bearer.')[1];
      if (token) expect(JSON.stringify(lines)).not.toContain(token);
    });
  }

  it('refuses more classrooms than API Gateway carries, and says what to do', async () => {
    // Seen red: the verdict given all the same, which the platform turns into 500.
    const classrooms = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`classroom-${index}`, 'student']),
    );
    const { answer, lines } = await ask(`chalkline.v1, bearer.${await tokenOf({ classrooms })}`);
    expect(answer).toEqual(new Error('Unauthorized'));
    expect(lines[0]?.reason).toBe(
      'unable to accept the token; its claims have more than 8192 bytes; name classrooms by a prefix and *',
    );
  });

  it('does not say Unauthorized where the keys cannot be fetched: the client may come again', async () => {
    // Seen red: every failure refused.
    const cause = new Error('connect ECONNREFUSED');
    const problem = new ChalklineError('internal', 'unable to verify the token; no keys', { cause });
    const { answer, lines } = await ask('chalkline.v1, bearer.x', undefined, {
      verify: () => Promise.reject(problem),
    });
    expect(answer).toBe(problem);
    expect(lines).toEqual([
      {
        action: 'authorize',
        outcome: 'internal',
        cause: ['ChalklineError: unable to verify the token; no keys', 'Error: connect ECONNREFUSED'],
      },
    ]);
  });
});
