import { startDevServer } from '@chalkline/server';
import type { CutManner, Faults } from '@chalkline/server/emulator';
import { Random } from '../../harness/random.ts';
import { SECRET } from '../../harness/sdk-client.ts';
import { addStoredPoint } from '../../harness/stored-point.ts';
import { loadMessages } from './load-messages.ts';

/** What the parent asks of the backend's process. */
export type Order =
  { type: 'faults'; faults: Faults } | { type: 'cut'; manner: CutManner; share: number; seed: number };

/** What the backend's process tells its parent. */
export type Report =
  | { type: 'ready'; url: string }
  | { type: 'tally'; faults: Record<string, number>; rssMb: number }
  /** Connects and refusals of the last tenth of a second. */
  | { type: 'door'; at: number; connected: number; refused: number };

const [redisUrl = ''] = process.argv.slice(2);
const tally: Record<string, number> = {};
const door = { connected: 0, refused: 0 };
const tell = (report: Report): void => {
  // The parent may have gone a moment ago.
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
};

const server = await startDevServer({
  secret: SECRET,
  port: 0,
  redisUrl: redisUrl === '' ? undefined : redisUrl,
  messages: loadMessages,
  // The rate limit has its own tests; here it would only be in the way of the faults. The log is cut as it goes on.
  storeLimits: { rateBurst: 1e9, ratePerSecond: 1e9, leaseMs: 5_000, maxEvents: 20_000 },
  gateway: {
    limits: { requestBurst: Infinity },
    observe: (event) => {
      if (event.type === 'fault') tally[event.kind] = (tally[event.kind] ?? 0) + 1;
      else if (event.type === 'connected') door.connected += 1;
      else if (event.type === 'refused') door.refused += 1;
    },
  },
});
addStoredPoint(server);

process.on('message', (order: Order) => {
  if (order.type === 'faults') server.gateway.faults = order.faults;
  else {
    const random = new Random(order.seed);
    for (const connectionId of server.gateway.connections) {
      if (random.chance(order.share)) server.gateway.cut(connectionId, order.manner);
    }
  }
});
process.on('disconnect', () => process.exit());
setInterval(() => {
  tell({ type: 'tally', faults: tally, rssMb: Math.round(process.memoryUsage().rss / 2 ** 20) });
}, 500);
setInterval(() => {
  if (door.connected + door.refused > 0) tell({ type: 'door', at: Date.now(), ...door });
  door.connected = door.refused = 0;
}, 100);
tell({ type: 'ready', url: server.url });
