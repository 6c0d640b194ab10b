import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { afterAll, expect, it } from 'vitest';

const server = join(import.meta.dirname, '..');
const outdir = mkdtempSync(join(tmpdir(), 'chalkline-app-'));
afterAll(() => rm(outdir, { recursive: true }));

const { app, context } = JSON.parse(readFileSync(join(server, 'cdk.json'), 'utf8')) as {
  app: string;
  context: Record<string, unknown>;
};

/** What `cdk synth -c …` does: runs the command of cdk.json with the context in its environment. */
function synth(given: Record<string, string>): Promise<unknown> {
  const [command = '', ...args] = app.split(' ');
  return promisify(execFile)(join(server, 'node_modules/.bin', command), args, {
    cwd: server,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...given }),
    },
  });
}

// Seen red: one flag left out.
it('has decided on every feature flag that its version of the CDK recommends', () => {
  expect(context).toEqual(recommendedFlags);
});

// Seen red: a number of nodes that is a text.
it('is synthesized by the command of cdk.json, as CloudFormation would take it', async () => {
  await synth({
    preset: 'small',
    egress: 'ipv6',
    stack: 'School',
    alarmTopicArn: 'arn:aws:sns:eu-west-1:1:on-call',
  });
  const { Outputs } = JSON.parse(readFileSync(join(outdir, 'School.template.json'), 'utf8')) as {
    Outputs: object;
  };
  expect(Object.keys(Outputs)).toEqual(['Url', 'DashboardName', 'OperatorFunctionName', 'JwtSecretArn']);
}, 120_000);

it('refuses an option that it does not know, with those that it knows', async () => {
  await expect(synth({ preset: 'huge' })).rejects.toThrow(
    'unable to read -c preset=huge; it is one of small, production, large',
  );
}, 120_000);
