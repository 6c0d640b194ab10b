import { hasInjectionContext, inject, type InjectionKey } from 'vue';
import type { AnyClient } from './any-client.ts';

/** Where the plugin and each `<ClassroomRoot>` with a `client` of its own put the client. */
export const clientKey: InjectionKey<AnyClient> = Symbol('chalkline client');

/**
 * The client of the nearest `<ClassroomRoot>`, or else of the plugin.
 * @throws Error outside a component's setup, or where the app gave no client.
 */
export function useClient(): AnyClient {
  const client = hasInjectionContext() ? inject(clientKey, undefined) : undefined;
  if (client) return client;
  throw new Error(
    'There is no Chalkline client here: give one to app.use(createChalkline({ client })) or to <ClassroomRoot :client>.',
  );
}
