import type { Callback, Context } from 'aws-lambda';
import { GatewayError } from './gateway-error.ts';
import { functionFromHandler, isLambdaFunction, type LambdaFunction } from './lambda-function.ts';
import type { Limits } from './limits.ts';

/**
 * A Lambda handler, as `@types/aws-lambda` describes it: async, or with a callback. `event` is whatever the handler
 * says it is; it receives a `WebSocketEvent` (or, for the authorizer, an `AuthorizerEvent`).
 */
export type LambdaHandler = (event: never, context: Context, callback: Callback<unknown>) => unknown;

/** A route: its handler alone, or with these settings. */
export interface RouteOptions {
  /** A handler to run in this process, or a function that runs elsewhere, such as `createProcessFunction` makes. */
  readonly handler: LambdaHandler | LambdaFunction;
  /** Whether the handler's `body` is sent back to the client: a two-way route. Message routes only. @default false */
  readonly returnResponse?: boolean;
  /** Integration timeout, 50 ms to the limit. @default limits.integrationTimeoutMs */
  readonly timeoutMs?: number;
  /** Messages a second for this route, and how many at once. @default none */
  readonly throttle?: { readonly requestsPerSecond: number; readonly burst: number };
}

/** Route key → handler. `$connect`, `$disconnect` and `$default` are predefined, other keys are what clients select. */
export type Routes = Readonly<Record<string, LambdaHandler | LambdaFunction | RouteOptions>>;

/** A route, ready to be invoked. */
export interface Route {
  readonly key: string;
  readonly target: LambdaFunction;
  readonly isTwoWay: boolean;
  readonly timeoutMs: number;
  readonly throttle: RouteOptions['throttle'];
}

/**
 * Reads the routes of an API.
 * @throws GatewayError `invalid-option` for too many routes or a timeout out of bounds.
 */
export function readRoutes(routes: Routes, limits: Limits): ReadonlyMap<string, Route> {
  const keys = Object.keys(routes);
  if (keys.length > limits.routes) {
    throw new GatewayError(
      'invalid-option',
      `unable to create the gateway; more than ${limits.routes} routes`,
    );
  }
  const read = new Map<string, Route>();
  for (const [key, given] of Object.entries(routes)) {
    const options: RouteOptions =
      typeof given === 'function' || isLambdaFunction(given) ? { handler: given } : given;
    const timeoutMs = options.timeoutMs ?? limits.integrationTimeoutMs;
    if (!(timeoutMs > 0 && timeoutMs <= limits.integrationTimeoutMs)) {
      throw new GatewayError(
        'invalid-option',
        `unable to create route ${key}; timeoutMs must be above 0 and at most ${limits.integrationTimeoutMs}`,
      );
    }
    read.set(key, {
      key,
      target: typeof options.handler === 'function' ? functionFromHandler(options.handler) : options.handler,
      isTwoWay: options.returnResponse ?? false,
      timeoutMs,
      throttle: options.throttle,
    });
  }
  return read;
}

/** Evaluates a route selection expression on a message; `''` where the message lacks what it asks for. */
export type RouteSelector = (body: string) => string;

/**
 * Compiles an expression such as `$request.body.action` or `${request.body.type}/${request.body.action}`.
 * @throws GatewayError `invalid-option` if it refers to anything else.
 */
export function compileRouteSelection(expression: string): RouteSelector {
  const whole = /^\$(request\.body\.[\w.-]+)$/.exec(expression)?.[1];
  const template = whole === undefined ? expression : `\${${whole}}`;
  const paths: string[][] = [];
  const literals: string[] = [];
  let from = 0;
  for (const match of template.matchAll(/\$\{request\.body\.([\w.-]+)\}/g)) {
    literals.push(template.slice(from, match.index));
    paths.push((match[1] ?? '').split('.'));
    from = match.index + match[0].length;
  }
  const last = template.slice(from);
  if ([...literals, last].some((literal) => literal.includes('$'))) {
    throw new GatewayError(
      'invalid-option',
      `unable to read route selection expression ${expression}; use $request.body.name or \${request.body.name}`,
    );
  }
  return (body) => {
    let message: unknown;
    try {
      message = JSON.parse(body);
    } catch {
      return '';
    }
    return paths.map((path, index) => `${literals[index] ?? ''}${textAt(message, path)}`).join('') + last;
  };
}

function textAt(message: unknown, path: readonly string[]): string {
  let value = message;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return '';
    value = (value as Record<string, unknown>)[name];
  }
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

// Clients cannot select these by name.
const PREDEFINED = new Set(['$connect', '$disconnect', '$default']);

/** The route of a message: the one it selects, else `$default`, else none. */
export function routeOf(
  routes: ReadonlyMap<string, Route>,
  select: RouteSelector,
  body: string,
): Route | undefined {
  const key = select(body);
  const selected = PREDEFINED.has(key) ? undefined : routes.get(key);
  return selected ?? routes.get('$default');
}
