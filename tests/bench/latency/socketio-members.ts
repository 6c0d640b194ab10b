import { io } from 'socket.io-client';
import { measureMembers } from './members.ts';

measureMembers(async ({ urlOf, size, received }) => {
  const room = `room-${size}`;
  const sockets = await Promise.all(
    Array.from({ length: size }, async (_, index) => {
      const socket = io(urlOf(index), { transports: ['websocket'], forceNew: true });
      socket.on('chat', ({ text }: { text: string }) => received(text));
      await socket.emitWithAck('join', room);
      return socket;
    }),
  );
  return (text) => sockets[0]?.emit('chat', room, { text });
});
