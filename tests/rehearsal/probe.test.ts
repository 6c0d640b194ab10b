import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probe, type Settled } from '@chalkline/server';
import { createManualClock, defaultAssumptions, type Assumptions } from '@chalkline/server/emulator';
import { ProbeStack } from '@chalkline/server/infra';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Assembly } from '../harness/assembly.ts';
import { apiFactOf, startDeployment } from '../harness/deployment.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chalkline-probe-'));
  const cdk = new App({ outdir: folder, builtinCloudFormationValidation: false });
  new ProbeStack(cdk, 'Probe');
  cdk.synth();
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** Puts every question to the probe deployment, on a gateway that believes this. */
async function ask(assumptions: Partial<Assumptions>): Promise<Settled[]> {
  // Signatures are held against it.
  const clock = createManualClock(Date.now());
  const deployment = await startDeployment(new Assembly(folder, 'Probe', apiFactOf), {
    gateway: { clock, assumptions },
    // What hangs is given its 29 s.
    onLog(line) {
      if (line === 'hangs') clock.advance(29_000);
    },
  });
  const pause = (ms: number): Promise<void> => {
    clock.advance(ms);
    return Promise.resolve();
  };
  const settled = await probe({ url: deployment.gateway.url, isSlow: true, pause });
  await deployment.close();
  return settled.filter(({ outcome }) => outcome !== 'not looked at');
}

const outcomes = (settled: Settled[]): unknown[] =>
  settled.map(({ assumption, outcome, why }) => [assumption, outcome, why]);

it('sees of a probe deployment all that the local gateway assumes', async () => {
  const settled = await ask({});
  const asked = Object.keys(defaultAssumptions).filter((name) => name !== 'clientBufferBytes');
  expect(outcomes(settled)).toEqual(asked.map((assumption) => [assumption, 'agrees', undefined]));
}, 60_000);

it('sees each of them differ where the platform does otherwise', async () => {
  const settled = await ask({
    oneWayFailure: 'error-frame',
    twoWayFailure: 'no-frame',
    malformedResult: 'no-frame',
    malformedConnectStatus: 500,
    connectTimeoutStatus: 502,
    authorizerFailureStatus: 403,
    deleteClose: { code: 1001, reason: 'Gone' },
    throttledMessage: 'Limit Exceeded',
    abnormalReason: '',
    tooLargeReason: 'Frame too large',
    binaryReason: 'No binary',
    postLimit: 'frame',
    isOutboundFragmented: false,
    upgradeHeaderBytes: 20_480,
    isPingAnswered: false,
    isKeptOpenByPing: true,
    goneBody: '{"message":"Gone"}',
  });
  expect(outcomes(settled)).toEqual(settled.map(({ assumption }) => [assumption, 'differs', undefined]));
  expect(settled.find(({ assumption }) => assumption === 'oneWayFailure')).toMatchObject({
    assumed: 'no-frame',
    observed: 'error-frame',
  });
}, 60_000);
