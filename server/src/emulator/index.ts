export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export { type LambdaHandler, type RouteOptions, type Routes } from './routes.ts';
export { type InvocationOrders, type LambdaFunction } from './lambda-function.ts';
export { type AuthorizerOptions } from './authorizer.ts';
export { type Limits } from './limits.ts';
export { defaultAssumptions, type Assumptions } from './assumptions.ts';
export { type Amount, type Delay, type Faults, type Occasions, type Strike } from './faults.ts';
export { type GatewayCredentials } from './signature.ts';
export { type GatewayCounts, type GatewayEvent } from './observer.ts';
export { GatewayError, type GatewayErrorCode } from './gateway-error.ts';
export { type CutManner } from './connections.ts';
export { type AuthorizerEvent, type RequestContext, type WebSocketEvent } from './events.ts';
export { createManualClock, systemClock, type Clock, type ManualClock, type Timer } from './clock.ts';
export { type ControlOptions } from './control.ts';
export {
  createProcessFunction,
  type ProcessFunction,
  type ProcessFunctionOptions,
} from './process-function.ts';
