import { ChalklineError } from '@chalkline/client-sdk/protocol';

const reasons = {
  'not-joined': 'this connection has no seat in the classroom',
  unauthorized: 'the token has ended',
  forbidden: 'your role may not',
  removed: 'a teacher has removed you',
  'rate-limited': 'too much in too short a time',
  'classroom-ended': 'the class is over',
} as const;

/** Why a store turns a connection away; `rate-limited` comes with how long to wait, in ms. */
export type Refusal = Exclude<keyof typeof reasons, 'rate-limited'> | `rate-limited:${number}`;

/** The error of a verb that a connection may not use now; `operation` completes "unable to …". */
export function refusal(operation: string, why: Refusal): ChalklineError {
  const [code, waitMs] = why.split(':') as [keyof typeof reasons, string?];
  const retryAfterMs = waitMs === undefined ? undefined : Number(waitMs);
  return new ChalklineError(code, `unable to ${operation}; ${reasons[code]}`, { retryAfterMs });
}
