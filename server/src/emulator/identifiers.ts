import { randomBytes } from 'node:crypto';

/** A fresh id of API Gateway's form, such as `RYGzEcSNvHcCH8A=`: eleven bytes, so that it ends in one `=`. */
export function newIdentifier(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

/** Whether `id` has the form of a connectionId. @connections answers 400 if not, and 410 if it is only unknown. */
export function isConnectionId(id: string): boolean {
  return /^[\w-]{15}=$/.test(id);
}
