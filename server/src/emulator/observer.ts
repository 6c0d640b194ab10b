/** What a gateway tells its observer, in the order it happens. Sizes in bytes, durations in ms. */
export type GatewayEvent =
  | { readonly type: 'connected'; readonly connectionId: string }
  | { readonly type: 'refused'; readonly status: number }
  | {
      readonly type: 'frame-in';
      readonly connectionId: string;
      readonly bytes: number;
      readonly billed: number;
      readonly data: string | Buffer;
    }
  | {
      readonly type: 'frame-out';
      readonly connectionId: string;
      readonly bytes: number;
      readonly billed: number;
      readonly data: string | Buffer;
    }
  | {
      readonly type: 'invoked';
      readonly routeKey: string;
      readonly outcome: 'returned' | 'threw' | 'timed-out';
      readonly durationMs: number;
      readonly error?: unknown;
    }
  /** One of `faults` struck; `kind` is its path there, such as `post.drop`. */
  | { readonly type: 'fault'; readonly kind: string }
  | { readonly type: 'posted'; readonly connectionId: string; readonly status: number }
  | {
      readonly type: 'disconnected';
      readonly connectionId: string;
      readonly code: number;
      readonly reason: string;
    };

/** Totals since the gateway was created. `billedMessages` counts both directions, one for each 32 KB begun. */
export interface GatewayCounts {
  connects: number;
  refused: number;
  framesIn: number;
  framesOut: number;
  billedMessages: number;
  invocations: number;
  /** Invocations that threw or timed out. */
  integrationErrors: number;
  posts: number;
}

/** All zero. */
export function newCounts(): GatewayCounts {
  return {
    connects: 0,
    refused: 0,
    framesIn: 0,
    framesOut: 0,
    billedMessages: 0,
    invocations: 0,
    integrationErrors: 0,
    posts: 0,
  };
}
