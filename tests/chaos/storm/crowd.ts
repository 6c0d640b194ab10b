import { createClient, type Client } from '@chalkline/client-sdk';
import { signToken } from '@chalkline/server';
import { nodeEnv, SECRET } from '../../harness/sdk-client.ts';

/** What the parent asks of a crowd. */
export type CrowdOrder =
  | {
      type: 'connect';
      url: string;
      from: number;
      count: number;
      timing: { reconnectBaseMs?: number; backoffCapMs?: number };
    }
  | { type: 'leave' };

/** What a crowd tells: how many of it are connected, and when sockets were asked for, by tenth of a second. */
export interface CrowdReport {
  connected: number;
  attempts: Record<number, number>;
}

const clients: Client[] = [];
let attempts: Record<number, number> = {};
let connected = 0;

const env = nodeEnv();
/** Counts each socket that is asked for. */
class CountedSocket extends env.WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    const tenth = Math.floor(Date.now() / 100);
    attempts[tenth] = (attempts[tenth] ?? 0) + 1;
    super(url, protocols);
  }
}

process.on('message', (order: CrowdOrder) => {
  if (order.type === 'leave') {
    for (const client of clients) client.close();
    process.disconnect();
    return;
  }
  const { url, from, count, timing } = order;
  for (let number = from; number < from + count; number++) {
    const userId = `student-${number}`;
    const client = createClient({
      url,
      token: () => signToken({ secret: SECRET, userId, name: userId, classrooms: { 'math-101': 'student' } }),
      env: { ...env, WebSocket: CountedSocket },
      timing,
    });
    client.on('status', ({ status, previous }) => {
      if (status === 'connected') connected += 1;
      else if (previous === 'connected') connected -= 1;
    });
    client.connect();
    clients.push(client);
  }
});

setInterval(() => {
  // The parent may have gone a moment ago.
  if (process.connected) {
    process.send?.({ connected, attempts } satisfies CrowdReport, undefined, undefined, () => undefined);
  }
  attempts = {};
}, 100).unref();
process.on('disconnect', () => process.exit());
