import { afterEach, describe, expect, it } from 'vitest';
import { startDevServer, type DevServer, type DevServerOptions } from '../dev-server.ts';
import { signToken } from '../token.ts';
import type { SmokeCast } from './checks.ts';
import { assumptionLines, isAwsAddress, resultLine, smoke } from './smoke.ts';

const SECRET = 'a-secret-for-tests-of-32-bytes-or-more';

let server: DevServer | undefined;
afterEach(() => server?.close());

async function castFor(options: Partial<DevServerOptions> = {}): Promise<SmokeCast> {
  server = await startDevServer({ secret: SECRET, port: 0, ...options });
  const sign = (userId: string, expiresInS: number): Promise<string> =>
    signToken({ secret: SECRET, userId, name: userId, classrooms: { smoke: 'teacher' }, expiresInS });
  return {
    url: server.url,
    classroomId: 'smoke',
    tokens: { ada: await sign('ada', 60), ben: await sign('ben', 60) },
    endedToken: await sign('ben', -60),
  };
}

describe('a smoke test', { timeout: 30_000 }, () => {
  it('passes on a backend that works, with figures, and nothing of a token in its report', async () => {
    const cast = await castFor();
    const report = await smoke(cast, { isAws: false });
    expect(report).toMatchObject({ passed: 8, failed: 0 });
    const figures = Object.assign({}, ...report.checks.map((check) => check.figures)) as Record<
      string,
      number
    >;
    expect(Object.keys(figures).sort()).toEqual([
      'ackP50Ms',
      'ackP99Ms',
      'deliveryP50Ms',
      'deliveryP99Ms',
      'dropMs',
      'handshakeMs',
      'joinMs',
      'leaveMs',
      'recoveryMs',
    ]);
    expect(Object.values(figures).every((ms) => ms > 0)).toBe(true);
    expect(assumptionLines(report)[0]).toBe(
      'This is not API Gateway itself, so what follows settles nothing about AWS:',
    );
    const outcomes = report.assumptions.map(({ assumption, outcome }) => [outcome, assumption]);
    expect(outcomes.filter(([outcome]) => outcome !== 'not looked at')).toEqual(
      [
        'deleteClose',
        'tooLargeReason',
        'binaryReason',
        'postLimit',
        'upgradeHeaderBytes',
        'isPingAnswered',
      ].map((assumption) => ['agrees', assumption]),
    );
    expect(JSON.stringify(report)).not.toContain(cast.tokens.ada);
  });

  it('says what differs from what we assume', async () => {
    const cast = await castFor({ gateway: { assumptions: { deleteClose: { code: 1001, reason: 'Gone' } } } });
    const lines = assumptionLines(await smoke(cast, { isAws: true }));
    expect(lines[0]).toContain('put what differs into assumptions.ts');
    expect(lines).toContain(
      '  ≠ deleteClose: assumed {"code":1000,"reason":""}, observed {"code":1001,"reason":"Gone"}, differs',
    );
  });

  it('fails, check by check, on a backend that has another secret, and then settles nothing', async () => {
    const cast = await castFor({ secret: 'another-secret-of-32-bytes-or-more' });
    const report = await smoke(cast, { isAws: true });
    expect(report).toMatchObject({ passed: 1, failed: 7, assumptions: [] });
    expect(report.checks.slice(1).map(resultLine)).toContain(
      '✗ recovers all that was missed after a drop\n    the handshake was refused with 401',
    );
  });

  it('fails where a message is kept twice', async () => {
    const cast = await castFor();
    const { store } = server ?? {};
    if (!store) throw new Error('no server');
    let forged = 0;
    const append = store.append.bind(store);
    store.append = async (request) => {
      const drafts = request.drafts.map((draft) => ({ ...draft, id: `${draft.id}.${(forged += 1)}` }));
      const outcome = await append({ ...request, drafts });
      const results = outcome.results.map((result) => ({ ...result, id: result.id.replace(/\.\d+$/, '') }));
      const events = outcome.announcement.events.map((event) => ({
        ...event,
        id: event.id.replace(/\.\d+$/, ''),
      }));
      return { ...outcome, results, announcement: { ...outcome.announcement, events } };
    };
    const { checks } = await smoke(cast, { isAws: false });
    expect(checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)).toContain(
      'gives a message that is sent again its first position',
    );
  });
});

it('knows an address of AWS from another', () => {
  expect(isAwsAddress('wss://abc123.execute-api.eu-west-1.amazonaws.com/live')).toBe(true);
  expect(isAwsAddress('wss://execute-api.amazonaws.com.example.com/live')).toBe(false);
});
