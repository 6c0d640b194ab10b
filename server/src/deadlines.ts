/**
 * The longest that each remote call may take, in ms. What a function may have to wait for in a row is less than its own
 * time, so that it can say what it waited for: a test of the template adds it up.
 */
export const deadlines = {
  /** Reading a secret. */
  secretMs: 3_000,
  /** Fetching the public keys of a signer. */
  keysMs: 3_000,
  /** One call of the store. */
  storeMs: 2_500,
  /** One post to a client, its retry included. */
  postMs: 3_000,
  /** How long a fan-out begins new posts. */
  fanOutMs: 6_000,
} as const;
