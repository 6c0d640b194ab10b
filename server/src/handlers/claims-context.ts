import { roleSchema } from '@chalkline/client-sdk/protocol';
import * as z from 'zod/mini';
import type { Claims } from '../ports.ts';

/** API Gateway carries strings from the authorizer to every later event of the socket. */
export interface ClaimsContext {
  userId: string;
  name: string;
  classrooms: string;
  expiresAt: string;
}

const contextSchema = z.object({
  userId: z.string(),
  name: z.string(),
  classrooms: z.string(),
  expiresAt: z.string(),
});
const classroomsSchema = z.record(z.string(), roleSchema);

export function writeContext(claims: Claims): ClaimsContext {
  return {
    userId: claims.userId,
    name: claims.name,
    classrooms: JSON.stringify(claims.classrooms),
    expiresAt: String(claims.expiresAt),
  };
}

/** @throws ZodError if the event did not come through our authorizer. */
export function readContext(event: { requestContext: object }): Claims {
  const { authorizer } = event.requestContext as { authorizer?: unknown };
  const { userId, name, classrooms, expiresAt } = z.parse(contextSchema, authorizer);
  return {
    userId,
    name,
    classrooms: z.parse(classroomsSchema, JSON.parse(classrooms)),
    expiresAt: Number(expiresAt),
  };
}
