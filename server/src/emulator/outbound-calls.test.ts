import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { Running } from './invoker.ts';
import { OutboundCalls } from './outbound-calls.ts';

// Seen red: with a listener for each change of the sender there are as many as requests, and Node warns of a leak.
test('a socket that is kept alive gets one listener, however often its sender changes', async () => {
  let sender: Running | undefined;
  const calls = new OutboundCalls(() => sender);
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  calls.watch();
  try {
    const sockets = new Set<Socket>();
    const counts: number[] = [];
    for (let round = 0; round < 30; round++) {
      sender = round % 2 === 0 ? ({} as Running) : undefined;
      const sent = request({ port, host: '127.0.0.1', agent }).end();
      const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
      if (sent.socket) {
        sockets.add(sent.socket);
        counts.push(sent.socket.listenerCount('close'));
      }
      response.resume();
      await once(response, 'end');
    }
    expect(sockets.size).toBe(1);
    expect(Math.max(...counts.slice(1))).toBe(counts[1]);
  } finally {
    calls.close();
    agent.destroy();
    server.close();
  }
});
