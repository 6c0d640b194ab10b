import type { Assumptions } from './assumptions.ts';
import type { Clock } from './clock.ts';
import type { Connections } from './connections.ts';
import type { ApiFacts } from './events.ts';
import type { FaultPlan } from './faults.ts';
import type { Invoker } from './invoker.ts';
import type { Limits, RateMeter } from './limits.ts';
import type { GatewayCounts, GatewayEvent } from './observer.ts';
import type { Route } from './routes.ts';

/** What every part of one gateway works with; `createGateway` builds it. */
export interface GatewayCore {
  readonly api: ApiFacts;
  readonly routes: ReadonlyMap<string, Route>;
  readonly limits: Limits;
  readonly assumptions: Assumptions;
  readonly clock: Clock;
  readonly plan: FaultPlan;
  readonly connections: Connections;
  readonly invoker: Invoker;
  /** Messages and @connections calls share one rate. */
  readonly requestRate: RateMeter;
  readonly counts: GatewayCounts;
  readonly observe: ((event: GatewayEvent) => void) | undefined;
}
