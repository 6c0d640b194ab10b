/** @module client-sdk/testing */
export { createTestServer } from './test-server.ts';
export type { TestMember, TestServer, TestServerOptions } from './test-server.ts';
export type { SeenFrame } from './test-gateway.ts';
export type { TestUser } from './test-token.ts';
export { createManualClock } from './clock.ts';
export type { Clock, ManualClock } from './clock.ts';
export { createRandom } from './random.ts';
