import { Names } from 'aws-cdk-lib';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { resolveOptions, type ClassroomRealtimeProps } from '../options.ts';
import { Cache } from './cache.ts';
import { refuseApiEndpoints } from './endpoint-guard.ts';
import { Functions } from './functions.ts';
import { Network } from './network.ts';
import { Observability } from './observability.ts';
import { ClassroomApi } from './websocket-api.ts';

/**
 * The whole backend of live classrooms, to put into a stack of one's own.
 * @throws TypeError for options that would not work together.
 */
export class ClassroomRealtime extends Construct {
  /** Where clients connect: `wss://…`. */
  readonly url: string;
  /** What tokens are signed with; undefined where the signer has public keys. */
  readonly jwtSecret: ISecret | undefined;
  readonly vpc: IVpc;
  readonly functions: Functions;
  readonly cache: Cache;
  readonly api: ClassroomApi;
  readonly dashboard: Dashboard;
  /** Those of `docs/runbook.md`. Without an `alarmTopic` they tell nobody. */
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: ClassroomRealtimeProps = {}) {
    super(scope, id);
    const options = resolveOptions(props);
    const network = new Network(this, 'Network', options);
    // What logs, metrics, alarms and dashboard of this deployment are known by.
    const service = Names.uniqueResourceName(this, { maxLength: 60, separator: '-' });
    this.vpc = network.vpc;
    this.cache = new Cache(this, 'Cache', network, options);
    this.api = new ClassroomApi(this, 'Api', options);
    this.functions = new Functions(this, 'Functions', {
      service,
      network,
      cache: this.cache,
      api: this.api,
      options,
    });
    this.jwtSecret = this.functions.jwtSecret;
    this.url = this.api.serve(this.functions.byName, options);
    const { api, functions, cache } = this;
    const watched = { service, api, functions, cache };
    const { alarms, dashboard } = new Observability(this, 'Observability', watched, options.alarmTopic);
    this.alarms = alarms;
    this.dashboard = dashboard;
    refuseApiEndpoints(this, this.vpc);
  }

  /** The function that operators' commands invoke: `operator.grantInvoke(…)`. Undefined where the option leaves it out. */
  get operator(): Function | undefined {
    return this.functions.operator;
  }

  /**
   * Lets the platform's own backend read what tokens are signed with.
   * @throws TypeError where the signer has public keys, so that there is no secret.
   */
  grantSignTokens(grantee: IGrantable): Grant {
    if (!this.jwtSecret)
      throw new TypeError('unable to grant signing; with a jwksUrl the signer has keys of its own');
    return this.jwtSecret.grantRead(grantee);
  }
}
