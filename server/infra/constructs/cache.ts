import { Names, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
  CfnUser,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import { Connections, Port, type IConnectable } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Options } from '../options.ts';
import { CACHE_PORT, type Network } from './network.ts';

const USER = 'chalkline';

/**
 * What the store asks of the cache and nothing else: its own keys, no administration. INFO tells the epoch
 * (docs/failover.md); CLUSTER and READONLY are how a client finds its way in cluster mode.
 */
const ACCESS =
  'on ~chalkline:* resetchannels -@all +@read +@write +@scripting +@connection -@dangerous +info +wait +cluster|slots +cluster|shards +cluster|nodes +cluster|info +readonly';

/** A Valkey replication group: primaries and their replicas in other zones, with TLS, a user and snapshots. */
export class Cache extends Construct implements IConnectable {
  readonly group: CfnReplicationGroup;
  /** The user's password. */
  readonly password: Secret;
  /** `rediss://user@host:port` of the primary, or of the cluster. */
  readonly url: string;
  /** The same of the replicas: for reads that may lag. */
  readonly readerUrl: string;
  readonly isCluster: boolean;
  /** For a machine of yours that may reach it: `allowDefaultPortFrom`. It needs the password, too. */
  readonly connections: Connections;
  /** What CloudWatch knows the nodes by: those of each shard. */
  readonly nodeIds: readonly (readonly string[])[];

  constructor(scope: Construct, id: string, network: Network, { cache, egress, vpc }: Options) {
    super(scope, id);
    this.isCluster = cache.shards > 1;
    const defaultPort = Port.tcp(CACHE_PORT);
    this.connections = new Connections({ securityGroups: [network.cacheGroup], defaultPort });
    const name = Names.uniqueResourceName(this, { maxLength: 40, separator: '-' }).toLowerCase();
    this.password = new Secret(this, 'Password', {
      description: 'Password of the classroom backend at its cache',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    const user = new CfnUser(this, 'User', {
      engine: 'valkey',
      userId: name,
      userName: USER,
      accessString: ACCESS,
      passwords: [this.password.secretValue.unsafeUnwrap()],
    });
    const users = new CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: name,
      userIds: [user.ref],
    });
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      description: 'Where the classroom cache lives',
      subnetIds: (vpc ? vpc.privateSubnets : network.vpc.isolatedSubnets).map(({ subnetId }) => subnetId),
    });
    const parameters = new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: `valkey${parseInt(cache.engineVersion)}`,
      description: 'Classrooms are never evicted in part',
      properties: {
        'maxmemory-policy': 'noeviction',
        ...(this.isCluster ? { 'cluster-enabled': 'yes' } : {}),
      },
    });
    this.group = new CfnReplicationGroup(this, 'Group', {
      replicationGroupDescription: 'Classrooms',
      engine: 'valkey',
      engineVersion: cache.engineVersion,
      cacheNodeType: cache.nodeType,
      cacheParameterGroupName: parameters.ref,
      port: CACHE_PORT,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      ...(this.isCluster
        ? { clusterMode: 'enabled', numNodeGroups: cache.shards, replicasPerNodeGroup: cache.replicas }
        : { clusterMode: 'disabled', numCacheClusters: 1 + cache.replicas }),
      ...(cache.durability === undefined ? {} : { durability: cache.durability }),
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [network.cacheGroup.securityGroupId],
      // Functions reach it by IPv4 within the VPC, however they leave it.
      ...(egress === 'ipv6' ? { networkType: 'ipv4' } : {}),
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      userGroupIds: [users.ref],
      snapshotRetentionLimit: cache.snapshotDays,
      autoMinorVersionUpgrade: true,
    });
    this.group.applyRemovalPolicy(cache.snapshotDays > 0 ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY);
    const { attrConfigurationEndPointAddress, attrPrimaryEndPointAddress, attrReaderEndPointAddress } =
      this.group;
    const urlOf = (host: string): string => `rediss://${USER}@${host}:${CACHE_PORT}`;
    this.url = urlOf(this.isCluster ? attrConfigurationEndPointAddress : attrPrimaryEndPointAddress);
    // In cluster mode the client finds the replicas by the map of the cluster.
    this.readerUrl = this.isCluster ? this.url : urlOf(attrReaderEndPointAddress);
    const digits = (index: number, width: number): string => String(index + 1).padStart(width, '0');
    this.nodeIds = Array.from({ length: cache.shards }, (_, shard) =>
      Array.from({ length: 1 + cache.replicas }, (_, node) =>
        [this.group.ref, ...(this.isCluster ? [digits(shard, 4)] : []), digits(node, 3)].join('-'),
      ),
    );

    Validations.of(this.group).acknowledge({
      id: 'AwsSolutions-AEC6',
      reason: 'A user group with a password takes the place of the AUTH token, and can tell users apart.',
    });
    Validations.of(this.password).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The password never leaves the VPC; docs/deploying.md says how to change it.',
    });
  }
}
