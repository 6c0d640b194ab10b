import type { IVpc } from 'aws-cdk-lib/aws-ec2';
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

  constructor(scope: Construct, id: string, props: ClassroomRealtimeProps = {}) {
    super(scope, id);
    const options = resolveOptions(props);
    const network = new Network(this, 'Network', options);
    this.vpc = network.vpc;
    this.cache = new Cache(this, 'Cache', network, options);
    this.api = new ClassroomApi(this, 'Api', options);
    this.functions = new Functions(this, 'Functions', network, this.cache, this.api, options);
    this.jwtSecret = this.functions.jwtSecret;
    this.url = this.api.serve(this.functions.byName, options);
    const { api, functions, cache } = this;
    new Observability(this, 'Observability', { api, functions, cache, options });
    refuseApiEndpoints(this, this.vpc);
  }
}
