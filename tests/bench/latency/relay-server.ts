import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { answerQuestions } from '../worker.ts';

/** Passes each frame to every socket of the same path. */
async function start(): Promise<string> {
  const rooms = new Map<string | undefined, Set<WebSocket>>();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, { url }) => {
    const room = rooms.get(url) ?? new Set();
    rooms.set(url, room.add(socket));
    socket.on('close', () => room.delete(socket));
    socket.on('message', (data: Buffer) => {
      for (const member of room) member.send(data, { binary: false });
    });
  });
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

answerQuestions(start);
