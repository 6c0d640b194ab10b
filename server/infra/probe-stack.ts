import { CfnOutput, Duration, Stack, Validations, type StackProps } from 'aws-cdk-lib';
import { CfnStage, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { bundleProbe } from './bundle.ts';
import { allowSockets } from './constructs/allow-sockets.ts';
import { createLogGroup } from './constructs/logs.ts';

/** Message routes, and whether what the function returns goes back to the client. */
const routes = {
  'who-am-i': true,
  'one-way-failure': false,
  'two-way-failure': true,
  malformed: false,
  throttled: false,
  delete: false,
  post: true,
};
const STAGE = 'probe';

/**
 * An API that misbehaves on purpose, for `chalkline-server smoke --probe` to see how API Gateway takes it: no VPC, no cache,
 * nothing of a classroom. It costs nothing while nobody asks, lets anyone in, and is meant to be destroyed after the look.
 */
export class ProbeStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, { description: 'Asks API Gateway what nobody has written down', ...props });
    const api = new WebSocketApi(this, 'Api', { routeSelectionExpression: '$request.body.action' });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = createLogGroup(this, 'Log', RetentionDays.ONE_DAY);
    logGroup.grantWrite(role);
    const target = new Function(this, 'Function', {
      description: 'Probe: probe',
      code: Code.fromAsset(bundleProbe().folder),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      // Longer than any integration: it is API Gateway that has to give up.
      timeout: Duration.seconds(40),
      role,
      logGroup,
      environment: {
        CALLBACK_URL: `https://${api.apiId}.execute-api.${this.region}.${this.urlSuffix}/${STAGE}`,
      },
    });
    allowSockets(target, { apiId: api.apiId, stageName: STAGE }, ['POST', 'DELETE']);
    const authorizer = new WebSocketLambdaAuthorizer('Authorizer', target, {
      identitySource: ['route.request.querystring.ask'],
    });
    const integrate = (name: string) => ({ integration: new WebSocketLambdaIntegration(name, target) });
    api.addRoute('$connect', { ...integrate('Connect'), authorizer });
    api.addRoute('$disconnect', integrate('Disconnect'));
    const made = Object.entries(routes).map(([route, returnResponse]) =>
      api.addRoute(route, { ...integrate(route), returnResponse }),
    );
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 50 },
    });
    (stage.node.defaultChild as CfnStage).routeSettings = {
      throttled: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 },
    };
    // A stage refuses settings of routes that are not there yet.
    stage.node.addDependency(...made);
    new CfnOutput(this, 'Url', { value: stage.url, description: 'For chalkline-server smoke --probe' });
    const reason =
      'A deployment to look at for some minutes, which holds nothing and can do nothing but misbehave.';
    for (const id of ['AwsSolutions-APIG1', 'AwsSolutions-APIG4'])
      Validations.of(this).acknowledge({ id, reason });
  }
}
