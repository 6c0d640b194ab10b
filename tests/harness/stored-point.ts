import type { DevServer } from '@chalkline/server';

/** Gives `faults.invocation.killAt` the point `stored`: the events are in the log, and nobody has been told. */
export function addStoredPoint({ store, gateway }: Pick<DevServer, 'store' | 'gateway'>): void {
  const append = store.append.bind(store);
  store.append = async (request) => {
    const outcome = await append(request);
    await gateway.reach('stored');
    return outcome;
  };
}
