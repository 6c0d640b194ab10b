import { browserEnv, createClient, type WebSocketConstructor } from '@chalkline/client-sdk';
import { signToken } from '@chalkline/server';
import { WebSocket } from 'ws';
import { measureMembers } from './members.ts';
import { SECRET } from './secret.ts';

measureMembers(async ({ urlOf, size, received }) => {
  const id = `room-${size}`;
  const env = { ...browserEnv(), WebSocket: WebSocket as unknown as WebSocketConstructor };
  const classrooms = await Promise.all(
    Array.from({ length: size }, async (_, index) => {
      const userId = `member-${index}`;
      const token = (): Promise<string> =>
        signToken({ secret: SECRET, userId, name: userId, classrooms: { [id]: 'teacher' } });
      const classroom = createClient({ url: urlOf(index), token, env }).classroom(id);
      classroom.on('chat.send', ({ data }) => received(data.text));
      await classroom.join();
      return classroom;
    }),
  );
  return (text) => {
    void classrooms[0]?.publish('chat.send', { text });
  };
});
