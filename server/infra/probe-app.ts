import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ProbeStack } from './probe-stack.ts';

/** The app of `pnpm --filter @chalkline/server run probe`, which deploys the probe and destroys it again. */
const app = new App();
new ProbeStack(app, 'ChalklineProbe');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
