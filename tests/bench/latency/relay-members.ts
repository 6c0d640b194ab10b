import { once } from 'node:events';
import { WebSocket } from 'ws';
import { measureMembers } from './members.ts';

measureMembers(async ({ url, size, received }) => {
  const sockets = await Promise.all(
    Array.from({ length: size }, async () => {
      const socket = new WebSocket(`${url}/room-${size}`);
      socket.on('message', (data: Buffer) =>
        received((JSON.parse(data.toString()) as { text: string }).text),
      );
      await once(socket, 'open');
      return socket;
    }),
  );
  return (text) => sockets[0]?.send(JSON.stringify({ text }));
});
