export { startDevServer } from './dev-server.ts';
export type { DevServer, DevServerOptions } from './dev-server.ts';
export { TrafficRecorder } from './cost/recording.ts';
export type { Recording } from './cost/recording.ts';
export { signToken } from './token.ts';
export type { TokenRequest } from './token.ts';
export { allMessages, allState } from './backend.ts';
export type { Backend, LogLine } from './backend.ts';
export type { EndedClassroom } from './ended-classroom.ts';
export { authorizerHandler } from './handlers/authorizer.ts';
export { connectHandler } from './handlers/connect.ts';
export { disconnectHandler } from './handlers/disconnect.ts';
export { messageHandler } from './handlers/message.ts';
export { createApiGateway } from './adapters/api-gateway.ts';
export type { ApiGatewayOptions } from './adapters/api-gateway.ts';
export { alarms } from './alarms.ts';
export type { Alarm, AlarmSource } from './alarms.ts';
export { panels } from './dashboard.ts';
export type { Panel } from './dashboard.ts';
export { metrics } from './meter.ts';
export { createEmbeddedMeter, createLog, METRIC_NAMESPACE } from './adapters/powertools.ts';
export type { EmbeddedMeter, LogOptions } from './adapters/powertools.ts';
export type { Meter, MetricName } from './meter.ts';
export { createJwtVerifier } from './adapters/jwt.ts';
export type { JwtOptions } from './adapters/jwt.ts';
export { createMemoryStore } from './adapters/memory/memory-store.ts';
export { connectRedis } from './adapters/redis/connect-redis.ts';
export type { ConnectRedisOptions } from './adapters/redis/connect-redis.ts';
export { createRedisStore } from './adapters/redis/redis-store.ts';
export type { RedisStoreOptions } from './adapters/redis/redis-store.ts';
export { defaultStoreLimits } from './ports.ts';
export type {
  Claims,
  ClassroomStore,
  Clock,
  Delivery,
  Gateway,
  StoreLimits,
  TokenVerifier,
} from './ports.ts';
