import { Fn } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  IpAddresses,
  IpProtocol,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Options } from '../options.ts';
import { createLogGroup } from './logs.ts';

/** Where functions and cache live, and the one way out. */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** Of the functions: they reach the cache and, by HTTPS, the internet. */
  readonly functionGroup: SecurityGroup;
  readonly cacheGroup: SecurityGroup;
  readonly isDualStack: boolean;

  constructor(scope: Construct, id: string, options: Options) {
    super(scope, id);
    this.isDualStack = options.egress === 'ipv6';
    this.vpc = options.vpc ?? this.#createVpc(options);
    const { vpc } = this;
    this.functionGroup = new SecurityGroup(this, 'FunctionGroup', {
      vpc,
      description: 'Functions of the classroom backend',
      allowAllOutbound: false,
    });
    this.functionGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS and the keys of token signers');
    if (this.isDualStack) this.functionGroup.addEgressRule(Peer.anyIpv6(), Port.tcp(443), 'the same by IPv6');
    this.cacheGroup = new SecurityGroup(this, 'CacheGroup', {
      vpc,
      description: 'Cache of the classroom backend',
      allowAllOutbound: false,
    });
    this.functionGroup.connections.allowTo(this.cacheGroup, Port.tcp(CACHE_PORT), 'the cache');
  }

  #createVpc({ zones, egress, logRetention }: Options): IVpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
      ...(egress === 'ipv6' ? { ipProtocol: IpProtocol.DUAL_STACK } : {}),
      // Not looked up, so that a synthesis needs neither an account nor a network.
      availabilityZones: Array.from({ length: zones }, (_, index) => Fn.select(index, Fn.getAzs())),
      // It would take a function and a role of its own, to empty a group that nothing is in.
      restrictDefaultSecurityGroup: false,
      natGateways: { nat: 1, 'nat-per-zone': zones, ipv6: 0 }[egress],
      subnetConfiguration: [
        // Only NAT gateways stand in them.
        ...(egress === 'ipv6' ? [] : [{ name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 28 }]),
        { name: 'functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'cache', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 26 },
      ],
    });
    vpc.addFlowLog('Refused', {
      // What was refused tells of a wrong rule or of an intruder; what was let through would cost more than the rest.
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(createLogGroup(this, 'RefusedLog', logRetention)),
    });
    // The class is not written for exactOptionalPropertyTypes.
    return vpc as IVpc;
  }
}

export const CACHE_PORT = 6379;
