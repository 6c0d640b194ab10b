import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { answerQuestions } from '../worker.ts';

/** Set up as its documentation says, to keep what a client misses for two minutes. */
async function start({ redisUrl }: { redisUrl: string }): Promise<string> {
  const http = createServer();
  const server = new Server(http, {
    adapter: createAdapter(new Redis(redisUrl)),
    connectionStateRecovery: { maxDisconnectionDuration: 120_000 },
    transports: ['websocket'],
  });
  server.on('connection', (socket) => {
    socket.on('join', async (room: string, done: () => void) => {
      await socket.join(room);
      done();
    });
    socket.on('chat', (room: string, message: { text: string }) => {
      server.to(room).emit('chat', message);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

answerQuestions(start);
