import * as z from 'zod/mini';

/** What a member may do: a teacher everything, a student chat and draw, an observer read. */
export const roles = ['teacher', 'student', 'observer'] as const;
export const roleSchema = z.literal(roles);
export type Role = z.infer<typeof roleSchema>;

/** `connectionId`s, `userId`s and message ids: short printable names. */
export const nameSchema = z.string().check(z.minLength(1), z.maxLength(128));

/** Who published an event, as known when it was published. */
export const senderSchema = z.object({ userId: nameSchema, name: z.string(), role: roleSchema });
export type Sender = z.infer<typeof senderSchema>;

/** How many there are of something: 0, 1, 2 … */
export const countSchema = z
  .number()
  .check(z.refine((number) => Number.isSafeInteger(number) && number >= 0));

/** The place of something that is counted from 1. */
export const ordinalSchema = countSchema.check(z.refine((number) => number > 0));
