import { computed } from 'vue';
import type { AnyClient } from '../any-client.ts';
import { useClient } from '../client-context.ts';
import { projection } from './projection.ts';
import { defineSubjectStore } from './subject-store.ts';

const useStoreOf = defineSubjectStore(
  () => 'chalkline/connection',
  (client: AnyClient) => {
    const copy = projection(
      () => ({ status: client.status, cause: client.cause }),
      (listener) => client.on('status', listener),
    );

    return {
      /** `idle`, `connecting`, `connected`, `reconnecting` or `closed`. */
      status: computed(() => copy.value.status),
      /** Why the connection is not there, as far as it is known. */
      cause: computed(() => copy.value.cause),
      /** Opens the connection; after `closed` anew, with a fresh token. */
      connect: (): void => {
        client.connect();
      },
      /** Tries now instead of waiting for the next try. */
      reconnect: (): void => {
        client.reconnect();
      },
    };
  },
);

/**
 * The state of a client's connection.
 * @param client @default the client of the nearest `<ClassroomRoot>`, or else of the plugin
 */
export function useConnectionStore(client: AnyClient = useClient()) {
  return useStoreOf(client);
}
