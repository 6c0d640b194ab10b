import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, expect, it } from 'vitest';
import cdk from '../cdk.json' with { type: 'json' };
import { ProbeStack } from './probe-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'chalkline-synth-'));
afterAll(() => rm(folder, { recursive: true }));

// Seen red: without the acknowledgements of nag's findings.
it('is an API, one function and no more, with no finding that is not explained', () => {
  const app = new App({ outdir: folder, context: cdk.context });
  const stack = new ProbeStack(app, 'Probe');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.resourceCountIs('AWS::EC2::VPC', 0);
  // Only these are answered to the client.
  template.resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 3);
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 50 },
    RouteSettings: { throttled: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } },
  });
  expect(Object.keys(template.findOutputs('*'))).toEqual(['Url']);
}, 60_000);
