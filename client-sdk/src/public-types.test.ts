import { expectTypeOf, test } from 'vitest';
import * as z from 'zod/mini';
import { createClient, type ClassroomEvent, type Member, type Receipt } from './index.ts';

const messages = {
  'quiz.ask': { schema: z.object({ question: z.string() }), publishers: ['teacher'] },
  'quiz.answer': { schema: z.object({ choice: z.number() }) },
} as const;

const client = createClient({ url: 'wss://rt.example.com', token: () => 'token', messages });
const classroom = client.classroom('math-101');

/** Never called: what stands in it must compile, and what is marked must not. */
export function compiled(): void {
  void classroom.publish('quiz.answer', { choice: 2 });
  void classroom.publish('chat.send', { text: 'Hello' });
  // @ts-expect-error -- data of another type
  void classroom.publish('quiz.answer', { question: 'Why?' });
  // @ts-expect-error -- data of the wrong shape
  void classroom.publish('quiz.answer', { choice: 'two' });
  // @ts-expect-error -- no such type
  void classroom.publish('quiz.close', {});
  // @ts-expect-error -- what only the server writes
  void classroom.publish('member.join', {});
  // @ts-expect-error -- no such event
  classroom.on('quiz.close', () => undefined);
  // @ts-expect-error -- messages are read, not changed
  classroom.chat.messages.length = 0;
  const url = 'wss://rt.example.com';
  const token = (): string => 'token';
  // @ts-expect-error -- the token is a function, so that it can be fresh
  createClient({ url, token: 'token' });
  const schema = z.string();
  // @ts-expect-error -- roles are known
  createClient({ url, token, messages: { 'a.b': { schema, publishers: ['pupil'] } } });
  const plain = createClient({ url, token }).classroom('math-101');
  // @ts-expect-error -- without own types there are ours only
  void plain.publish('quiz.ask', {});
}

type Said = { text: string; replyTo?: string | undefined; mentions?: string[] | undefined };

test('own messages are typed from their schema to their listener', () => {
  classroom.on('quiz.ask', ({ type, data, from }) => {
    expectTypeOf(type).toEqualTypeOf<'quiz.ask'>();
    expectTypeOf(data).toEqualTypeOf<{ question: string }>();
    expectTypeOf(from.role).toEqualTypeOf<'teacher' | 'student' | 'observer'>();
  });
  classroom.on('chat.send', ({ data }) => expectTypeOf(data).toEqualTypeOf<Said>());
  classroom.on('event', (event) => expectTypeOf(event).toEqualTypeOf<ClassroomEvent>());
  expectTypeOf(classroom.publish<'quiz.answer'>)
    .parameter(1)
    .toEqualTypeOf<{ choice: number }>();
  expectTypeOf(classroom.publish<'quiz.answer'>).returns.resolves.toEqualTypeOf<Receipt>();
  expectTypeOf(classroom.presence.members).toEqualTypeOf<readonly Member[]>();
});
