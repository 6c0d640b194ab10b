import { classroomIdSchema, encode } from '@chalkline/client-sdk/protocol';
import * as z from 'zod/mini';
import type { Gateway } from '../ports.ts';
import type { Archive, KeptPlace } from './archive.ts';

const userId = z.string().check(z.minLength(1), z.maxLength(128));
/** Where an earlier answer stopped. */
const after = z.optional(z.string());

/** What an operator may ask for. */
export const operationSchema = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('export'), classroomId: classroomIdSchema, after }),
  z.object({ operation: z.literal('export-user'), userId, after }),
  z.object({ operation: z.literal('erase'), classroomId: classroomIdSchema, after }),
  z.object({ operation: z.literal('erase-user'), userId, isReal: z.boolean(), after }),
  z.object({ operation: z.literal('goaway'), withinMs: z.number().check(z.gte(0)), after }),
]);
export type Operation = z.infer<typeof operationSchema>;

/** One step of an operation: something to tell, if there is, and where to go on if it is stopped behind it. */
export interface Step {
  item?: object;
  after: string;
}

/** What operations reach. */
export interface Reach {
  archive: Archive;
  gateway: Pick<Gateway, 'post'>;
}

/** How many clients are told at a time: far from what API Gateway takes of one account. */
const AT_ONCE = 32;

/**
 * Carries out what an operator asks for, step by step; asked again with the `after` of a step, it goes on behind it.
 * @throws Error with a sentence for the operator.
 */
export async function* operate(reach: Reach, asked: Operation): AsyncGenerator<Step> {
  const { archive } = reach;
  switch (asked.operation) {
    case 'export': {
      const { classroomId } = asked;
      const place = asked.after === undefined ? undefined : (JSON.parse(asked.after) as KeptPlace);
      for await (const kept of archive.classroom(classroomId, place)) {
        yield { item: { classroomId, ...kept }, after: JSON.stringify({ key: kept.key, name: kept.name }) };
      }
      return;
    }
    case 'export-user':
      yield* exportUser(archive, asked);
      return;
    case 'erase': {
      const { classroomId } = asked;
      if (await archive.eraseClassroom(classroomId))
        yield { item: { classroomId, classrooms: 1 }, after: '' };
      return;
    }
    case 'erase-user':
      yield* eraseUser(archive, asked);
      return;
    case 'goaway':
      yield* sendAway(reach, asked);
      return;
  }
}

/** `[classroomId, key, name]` of what came last; of a classroom that is done the id alone. */
type UserPlace = [classroomId: string, key?: KeptPlace['key'], name?: string];

async function* exportUser(
  archive: Archive,
  { userId, after }: Extract<Operation, { operation: 'export-user' }>,
): AsyncGenerator<Step> {
  const [last = '', key, name] = after === undefined ? [] : (JSON.parse(after) as UserPlace);
  for (const classroomId of await archive.classroomIds()) {
    const isWithin = classroomId === last && key !== undefined && name !== undefined;
    if (classroomId < last || (classroomId === last && !isWithin)) continue;
    for await (const kept of archive.userIn(classroomId, userId, isWithin ? { key, name } : undefined)) {
      yield { item: { classroomId, ...kept }, after: JSON.stringify([classroomId, kept.key, kept.name]) };
    }
    yield { after: JSON.stringify([classroomId]) };
  }
}

async function* eraseUser(
  archive: Archive,
  { userId, isReal, after = '' }: Extract<Operation, { operation: 'erase-user' }>,
): AsyncGenerator<Step> {
  for (const classroomId of await archive.classroomIds()) {
    if (classroomId <= after) continue;
    const erased = await archive.eraseUserIn(classroomId, userId, isReal);
    const isNone = Object.keys(erased).length === 0;
    yield { ...(isNone ? {} : { item: { classroomId, ...erased } }), after: classroomId };
  }
  const connections = await archive.eraseConnections(userId, isReal);
  // Behind every classroom, as `~` is the last that an id may have.
  if (connections > 0) yield { item: { connections }, after: '~'.repeat(129) };
}

async function* sendAway(
  { archive, gateway }: Reach,
  { withinMs, after = '' }: Extract<Operation, { operation: 'goaway' }>,
): AsyncGenerator<Step> {
  const frame = encode({ action: 'goaway', withinMs });
  const left = (await archive.connectionIds()).filter((connectionId) => connectionId > after);
  for (let from = 0; from < left.length; from += AT_ONCE) {
    const some = left.slice(from, from + AT_ONCE);
    const told = { delivered: 0, gone: 0, failed: 0 };
    await Promise.all(some.map(async (connectionId) => (told[await gateway.post(connectionId, frame)] += 1)));
    yield { item: told, after: some.at(-1) ?? after };
  }
}
