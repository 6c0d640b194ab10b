import type { Close, Connection, ConnectionListener } from './connections.ts';
import type { GatewayCore } from './core.ts';
import { disconnectEvent, messageEvent } from './events.ts';
import { newIdentifier } from './identifiers.ts';
import { readProxyResult } from './invoker.ts';
import { RateMeter } from './limits.ts';
import { routeOf, type Route, type RouteSelector } from './routes.ts';

/** Turns what connections say into invocations; the messages of one connection run side by side, as they do in AWS. */
export class Inbound implements ConnectionListener {
  readonly #core: GatewayCore;
  readonly #select: RouteSelector;
  readonly #routeRates = new Map<Route, RateMeter>();

  constructor(core: GatewayCore, select: RouteSelector) {
    this.#core = core;
    this.#select = select;
    for (const route of core.routes.values()) {
      if (!route.throttle) continue;
      const { requestsPerSecond, burst } = route.throttle;
      this.#routeRates.set(route, new RateMeter(core.clock, requestsPerSecond, burst));
    }
  }

  message(connection: Connection, body: string): void {
    const { plan, requestRate, assumptions, routes } = this.#core;
    const faults = plan.faults.socket;
    if (faults) {
      if (plan.strikes('socket.goAway', faults.goAway)) connection.cut('go-away');
      if (plan.strikes('socket.drop', faults.drop)) connection.cut('drop');
      if (plan.strikes('socket.halfOpen', faults.halfOpen)) connection.cut('half-open');
    }
    const route = routeOf(routes, this.#select, body);
    if (!requestRate.take() || (route && this.#routeRates.get(route)?.take() === false)) {
      sendError(connection, assumptions.throttledMessage, newIdentifier());
    } else if (!route) {
      sendError(connection, 'Forbidden', newIdentifier());
    } else {
      void this.#run(route, connection, body);
    }
  }

  ended(connection: Connection, close: Close): void {
    const { plan, observe } = this.#core;
    observe?.({ type: 'disconnected', connectionId: connection.connectionId, ...close });
    const faults = plan.faults.disconnect;
    if (faults && plan.strikes('disconnect.lose', faults.lose)) return;
    void this.#disconnect(connection, close, plan.delayMs('disconnect.delay', faults?.delay));
    if (faults && plan.strikes('disconnect.repeat', faults.repeat))
      void this.#disconnect(connection, close, 0);
  }

  async #run(route: Route, connection: Connection, body: string): Promise<void> {
    const { api, clock, invoker, assumptions } = this.#core;
    const event = messageEvent(api, connection, route.key, body, clock.now());
    const { requestId } = event.requestContext;
    const outcome = await invoker.invoke(route, event);
    if (outcome.ended === 'timed-out') {
      sendError(connection, 'Endpoint request timed out', requestId);
      return;
    }
    const result = outcome.ended === 'returned' ? readProxyResult(outcome.result) : undefined;
    if (!result) {
      if (outcome.ended === 'returned' && assumptions.malformedResult === 'no-frame') return;
      sendError(connection, 'Internal server error', requestId);
      return;
    }
    const isSuccess = result.statusCode >= 200 && result.statusCode <= 299;
    const onFailure = route.isTwoWay ? assumptions.twoWayFailure : assumptions.oneWayFailure;
    if (!isSuccess && onFailure === 'error-frame') {
      sendError(connection, 'Internal server error', requestId);
    } else if (route.isTwoWay && result.body !== '' && (isSuccess || onFailure === 'send-body')) {
      connection.send(result.body);
    }
  }

  async #disconnect(connection: Connection, close: Close, waitMs: number): Promise<void> {
    const { api, clock, invoker, routes } = this.#core;
    const route = routes.get('$disconnect');
    if (!route) return;
    if (waitMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, waitMs));
    await invoker.invoke(route, disconnectEvent(api, connection, close, clock.now()));
  }
}

/** The service's own frames, to the byte: note where they have spaces. They do not name the client's message. */
function sendError(connection: Connection, message: string, requestId: string): void {
  connection.send(
    `{"message": "${message}", "connectionId":"${connection.connectionId}", "requestId":"${requestId}"}`,
  );
}
