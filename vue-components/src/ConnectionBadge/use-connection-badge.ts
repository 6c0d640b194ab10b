import { computed } from 'vue';
import type { AnyClient } from '../any-client.ts';
import { useLocale } from '../locales/use-locale.ts';
import { useConnectionStore } from '../stores/connection.ts';
import { connectionWords } from './connection-look.ts';

/**
 * What `<ConnectionBadge>` shows and does, for a badge of one's own.
 * @param client @default the client of the nearest `<ClassroomRoot>`, or else of the plugin
 */
export function useConnectionBadge(client?: AnyClient) {
  const locale = useLocale();
  const connection = useConnectionStore(client);
  return {
    /** The look, the word and the sentence for the connection as it is now. */
    words: computed(() => connectionWords(connection.status, connection.cause, locale.value)),
    /** Brings the connection back as its status asks for; does nothing while all is well. */
    press: (): void => {
      if (connection.status === 'closed') connection.connect();
      else if (connection.status !== 'connected') connection.reconnect();
    },
  };
}
