import * as z from 'zod/mini';

/** What a member may do: a teacher everything, a student chat and draw, an observer read. */
export const roleSchema = z.enum(['teacher', 'student', 'observer']);
export type Role = z.infer<typeof roleSchema>;

/** `connectionId`s, `userId`s and message ids: short printable names. */
export const nameSchema = z.string().check(z.minLength(1), z.maxLength(128));

/** Who published an event, as known when it was published. */
export const senderSchema = z.object({ userId: nameSchema, name: z.string(), role: roleSchema });
export type Sender = z.infer<typeof senderSchema>;
