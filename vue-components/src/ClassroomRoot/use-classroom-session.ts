import type { ChalklineError } from '@chalkline/client-sdk';
import { computed, markRaw, onMounted, provide, toRaw } from 'vue';
import type { AnyClient } from '../any-client.ts';
import { clientKey, useClient } from '../client-context.ts';
import { useDevtools } from '../devtools.ts';
import { useLocale } from '../locales/use-locale.ts';
import type { ClassroomRef } from '../stores/classroom-of.ts';
import { useConnectionStore } from '../stores/connection.ts';
import { classroomContext } from './classroom-context.ts';
import { classroomView } from './classroom-view.ts';
import { refusalText } from './refusal-text.ts';
import { usePatience } from './use-patience.ts';
import { useStay } from './use-stay.ts';

/** After this long, a shape of what comes is no answer any more. */
const PATIENCE_MS = 6000;

/**
 * What `<ClassroomRoot>` does, for a root of one's own: is in the classroom from the component's mount to its unmount, gives it
 * to the components below as `<ClassroomRoot>` would, and says what to show. For another classroom, mount another (a `key`).
 * @param client @default the client of the nearest `<ClassroomRoot>`, or else of the plugin
 */
export function useClassroomSession(given: Exclude<ClassroomRef, undefined>, by: AnyClient = useClient()) {
  // A deep proxy around an SDK object would break its private fields.
  const client = markRaw(toRaw(by));
  const classroom = markRaw(toRaw(typeof given === 'string' ? client.classroom(given) : given));
  provide(clientKey, client);
  classroomContext.provide({ client, classroom });
  if (process.env.NODE_ENV !== 'production') useDevtools(client, classroom);

  const locale = useLocale();
  const connection = useConnectionStore(client);
  // Before the stay, whose own mount hook joins: a join needs a client that has been told to connect.
  onMounted(() => {
    if (client.status === 'idle') client.connect();
  });
  const membership = useStay(classroom);
  const isSlow = usePatience(() => membership.status === 'joining' && !membership.hasJoined, PATIENCE_MS);
  const cause = computed<ChalklineError | undefined>(
    () => membership.cause ?? (connection.status === 'closed' ? connection.cause : undefined),
  );

  return {
    /** The content (`ready`), or the state that stands in its place. */
    view: computed(() =>
      classroomView({
        classroom: membership.status,
        connection: connection.status,
        cause: cause.value,
        hasJoined: membership.hasJoined,
        // A first try has no cause.
        isUnreachable: connection.status !== 'connected' && connection.cause !== undefined,
        isSlow: isSlow.value,
      }),
    ),
    /** Why we are not in, as far as it is known. */
    cause,
    /** The sentence for the person that goes with it. */
    refusal: computed(() => refusalText(cause.value, locale.value)),
    /** What `useConnectionStore` gives, of this client. */
    connection,
    /** What `useClassroomStore` gives, of this classroom. */
    membership,
  };
}
