import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat, CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import {
  DomainName,
  IpAddressType,
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { ARecord, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { FunctionName } from '../bundle.ts';
import type { DomainOptions, Options } from '../options.ts';
import { createLogGroup } from './logs.ts';

/** The longest that API Gateway lets a route take. */
const INTEGRATION_TIMEOUT = Duration.seconds(29);

/** One short line a frame. What a client sent, its token above all, is none of it. */
const ACCESS_LOG = {
  connectionId: '$context.connectionId',
  requestId: '$context.requestId',
  event: '$context.eventType',
  route: '$context.routeKey',
  status: '$context.status',
  ms: '$context.integrationLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

/** The WebSocket API: first the API itself, which the functions have to know, then, with `serve`, what it does. */
export class ClassroomApi extends Construct {
  readonly api: WebSocketApi;
  readonly stageName = 'live';

  constructor(scope: Construct, id: string, { egress }: Options) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', {
      description: 'Classrooms',
      routeSelectionExpression: '$request.body.action',
      ...(egress === 'ipv6' ? { ipAddressType: IpAddressType.DUAL_STACK } : {}),
    });
  }

  get apiId(): string {
    return this.api.apiId;
  }

  /** Adds the routes with their authorizer, and the stage. @returns where clients connect */
  serve(functions: Readonly<Record<FunctionName, Function>>, options: Options): string {
    const { connect, disconnect, message } = functions;
    const authorizer = new WebSocketLambdaAuthorizer('Authorizer', functions.authorizer, {
      // Where browsers can put a token; without one API Gateway refuses by itself.
      identitySource: ['route.request.header.Sec-WebSocket-Protocol'],
    });
    const integrate = (name: string, target: Function) => ({
      integration: new WebSocketLambdaIntegration(name, target, { timeout: INTEGRATION_TIMEOUT }),
    });
    const routes = [
      this.api.addRoute('$connect', { ...integrate('Connect', connect), authorizer }),
      this.api.addRoute('$disconnect', integrate('Disconnect', disconnect)),
      this.api.addRoute('$default', integrate('Message', message)),
    ];
    for (const route of routes.slice(1)) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'API Gateway authorizes $connect alone; its verdict comes with every later event of the socket.',
      });
    }
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: this.stageName,
      autoDeploy: true,
      throttle: { rateLimit: options.throttle.ratePerSecond, burstLimit: options.throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(createLogGroup(this, 'AccessLog', options.logRetention)),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
      ...(options.domain ? { domainMapping: { domainName: this.#createDomain(options.domain) } } : {}),
    });
    if (options.accountLogRole) stage.node.addDependency(this.#createAccountLogRole());
    return options.domain ? `wss://${options.domain.name}` : stage.url;
  }

  #createDomain({ name, certificate, hostedZone }: DomainOptions): DomainName {
    const domain = new DomainName(this, 'Domain', { domainName: name, certificate });
    if (hostedZone) {
      const properties = new ApiGatewayv2DomainProperties(
        domain.regionalDomainName,
        domain.regionalHostedZoneId,
      );
      const target = RecordTarget.fromAlias(properties);
      new ARecord(this, 'DomainRecord', { zone: hostedZone, recordName: `${name}.`, target });
    }
    return domain;
  }

  #createAccountLogRole(): CfnAccount {
    const managed = 'service-role/AmazonAPIGatewayPushToCloudWatchLogs';
    const role = new Role(this, 'AccountLogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(managed)],
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${managed}]`,
      reason: 'The role is for every API of the account, so it is the one that AWS names for it.',
    });
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    // Other APIs of the account log by it, too.
    for (const kept of [role, account]) kept.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }
}
