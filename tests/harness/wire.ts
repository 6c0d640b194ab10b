import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** An address that stays while what stands behind it may change, as a DNS name does. */
export interface Wire {
  port: number;
  url: string;
  /** The port behind it; a change does not touch the connections that are there. */
  target: number;
  /**
   * How long what a primary tells its replicas is under way, in ms. If the primary dies it never arrives, as when a whole
   * machine dies: a local socket by itself would still deliver it.
   */
  lagMs: number;
  /** Whether what a primary tells its replicas stands still on its way, as when the zones lose sight of each other. */
  holdsReplicas: boolean;
  /** Breaks every connection; what is under way is lost. */
  cut(): void;
  close(): Promise<void>;
}

/** Opens an address on this machine that leads to `target`. */
export async function openWire(target: number, lagMs = 0): Promise<Wire> {
  const sockets = new Set<Socket>();
  /** The primary's ends of the links to its replicas. */
  const replications = new Set<Socket>();
  let isHeld = false;
  const server = createServer((near) => {
    const far = connect(wire.target, '127.0.0.1');
    let isReplica = false;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        if (!isReplica && from === near && chunk.includes('PSYNC')) {
          isReplica = true;
          replications.add(far);
          if (isHeld) far.pause();
        }
        if (from === near || !isReplica || wire.lagMs === 0) to.write(chunk);
        // Timers of the same length end in the order in which they began.
        else setTimeout(() => to.writable && to.write(chunk), wire.lagMs);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        replications.delete(from);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const wire: Wire = {
    port,
    url: `redis://127.0.0.1:${port}`,
    target,
    lagMs,
    get holdsReplicas() {
      return isHeld;
    },
    set holdsReplicas(holds) {
      isHeld = holds;
      for (const socket of replications) socket[holds ? 'pause' : 'resume']();
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      wire.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return wire;
}
