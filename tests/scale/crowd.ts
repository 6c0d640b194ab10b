import { defaultTiming } from '@chalkline/client-sdk';
import { createRandom } from '@chalkline/client-sdk/testing';

export interface CrowdOptions {
  clients: number;
  /** Connections that the gateway admits in a second; the rest get 429. @default 500, AWS's quota */
  connectsPerSecond?: number;
  /** When a share of all is dropped at one moment, in s since the first came. */
  dropAtS: number;
  /** @default 1 */
  dropShare?: number;
  /** @default 3 hours */
  durationS?: number;
  seed: number;
}

export interface CrowdReport {
  /** The most in any second, before the drop and once all had come. */
  calm: { connects: number; pings: number };
  /** How long until all had come at first, and how long until all were back, in s; undefined if they were not. */
  cameS: number | undefined;
  backS: number | undefined;
  /** The most tries in any second after the drop, and how many of all its tries were refused. */
  peakAttempts: number;
  refused: number;
  attempts: number;
}

const { swapMs, pingMs, reconnectBaseMs, backoffCapMs } = defaultTiming;

/**
 * A crowd of clients with the SDK's own patience, second by second: each is a number or two, no socket. They come as fast
 * as the gateway lets them, move to a new socket before the platform's two hours, and come back after a drop.
 */
export function simulateCrowd(options: CrowdOptions): CrowdReport {
  const { clients, connectsPerSecond = 500, dropAtS, dropShare = 1, durationS = 3 * 3600, seed } = options;
  const random = createRandom(seed);
  const failures = new Uint8Array(clients);
  /** Which socket of a client an alarm was set for: a drop makes the older alarms void. */
  const generation = new Uint8Array(clients);
  const isUp = new Uint8Array(clients);
  const due: number[][] = Array.from({ length: durationS + 1 }, () => []);
  const setAlarm = (client: number, now: number, waitMs: number): void => {
    due[now + Math.max(1, Math.ceil(waitMs / 1000))]?.push(client * 256 + (generation[client] ?? 0));
  };
  const backoffMs = (client: number): number =>
    random() * Math.min(backoffCapMs, reconnectBaseMs * 2 ** (failures[client] ?? 0));
  const swapWaitMs = (): number => swapMs * (0.95 + 0.1 * random());

  // Those who come of themselves are spread over as long as their quota asks for.
  for (let client = 0; client < clients; client++)
    setAlarm(client, 0, random() * (clients / connectsPerSecond) * 1100);

  let up = 0;
  let cameS: number | undefined;
  let backS: number | undefined;
  const calm = { connects: 0, pings: 0 };
  const after = { peakAttempts: 0, refused: 0, attempts: 0 };
  for (let now = 0; now <= durationS; now++) {
    if (now === dropAtS) {
      for (let client = 0; client < clients; client++) {
        if (isUp[client] === 0 || random() >= dropShare) continue;
        isUp[client] = 0;
        up -= 1;
        generation[client] = ((generation[client] ?? 0) + 1) % 256;
        setAlarm(client, now, backoffMs(client));
      }
    }
    let room = connectsPerSecond;
    let attempts = 0;
    for (const alarm of due[now] ?? []) {
      const client = Math.floor(alarm / 256);
      if (alarm % 256 !== generation[client]) continue;
      attempts += 1;
      if (room > 0) {
        room -= 1;
        if (isUp[client] === 0) up += 1;
        isUp[client] = 1;
        failures[client] = 0;
        setAlarm(client, now, swapWaitMs());
      } else {
        failures[client] = Math.min(20, (failures[client] ?? 0) + 1);
        setAlarm(client, now, backoffMs(client));
      }
    }
    due[now] = [];
    const isAll = up === clients;
    if (now < dropAtS) {
      if (isAll) cameS ??= now;
      if (cameS !== undefined) {
        calm.connects = Math.max(calm.connects, attempts);
        calm.pings = Math.round(up / (pingMs / 1000));
      }
    } else if (backS === undefined) {
      after.peakAttempts = Math.max(after.peakAttempts, attempts);
      after.attempts += attempts;
      after.refused += Math.max(0, attempts - connectsPerSecond);
      if (isAll) backS = now - dropAtS;
    }
  }
  return { calm, cameS, backS, ...after };
}
