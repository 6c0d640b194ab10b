import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ClassroomStack } from './classroom-stack.ts';
import type { Egress } from './options.ts';
import { presets, type Preset } from './presets.ts';

/**
 * The app that `pnpm --filter @chalkline/server run deploy` deploys. Options by context: `-c preset=small -c egress=ipv6
 * -c jwksUrl=https://…`. For the rest, put `ClassroomRealtime` into a stack of yours.
 */
const app = new App();
const context = (name: string): string | undefined => app.node.tryGetContext(name) as string | undefined;

const preset = oneOf<Preset>('preset', Object.keys(presets) as Preset[]);
const egress = oneOf<Egress>('egress', ['nat', 'nat-per-zone', 'ipv6']);
const jwksUrl = context('jwksUrl');
const issuer = context('issuer');
const audience = context('audience');
const alarmTopicArn = context('alarmTopicArn');
new ClassroomStack(app, context('stack') ?? 'Chalkline', {
  description: 'Real-time classrooms',
  ...(preset === undefined ? {} : { preset }),
  ...(egress === undefined ? {} : { egress }),
  ...(alarmTopicArn === undefined ? {} : { alarmTopicArn }),
  auth: {
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  },
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

function oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
  const given = context(name);
  const value = values.find((candidate) => candidate === given);
  if (given !== undefined && value === undefined)
    throw new TypeError(`unable to read -c ${name}=${given}; it is one of ${values.join(', ')}`);
  return value;
}
