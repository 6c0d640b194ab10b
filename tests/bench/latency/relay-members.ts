import { once } from 'node:events';
import { WebSocket } from 'ws';
import { measureMembers } from './members.ts';

measureMembers(async ({ urlOf, size, received }) => {
  const sockets = await Promise.all(
    Array.from({ length: size }, async (_, index) => {
      const socket = new WebSocket(`${urlOf(index)}/room-${size}`);
      socket.on('message', (data: Buffer) =>
        received((JSON.parse(data.toString()) as { text: string }).text),
      );
      await once(socket, 'open');
      return socket;
    }),
  );
  return (text) => sockets[0]?.send(JSON.stringify({ text }));
});
