import { randomBytes } from 'node:crypto';

const ID_BYTES = 11;
// Every answer bears an id, and one call for many costs a tenth of many calls.
let pool = Buffer.alloc(0);

/** A fresh id of API Gateway's form, such as `RYGzEcSNvHcCH8A=`: eleven bytes, so that it ends in one `=`. */
export function newIdentifier(): string {
  if (pool.length === 0) pool = randomBytes(512 * ID_BYTES);
  const bytes = pool.subarray(0, ID_BYTES);
  pool = pool.subarray(ID_BYTES);
  return `${bytes.toString('base64url')}=`;
}

/** Whether `id` has the form of a connectionId. @connections answers 400 if not, and 410 if it is only unknown. */
export function isConnectionId(id: string): boolean {
  return /^[\w-]{15}=$/.test(id);
}
