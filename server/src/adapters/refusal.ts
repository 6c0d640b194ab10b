import { ChalklineError } from '@chalkline/client-sdk/protocol';

const reasons = {
  'not-joined': 'this connection has no seat in the classroom',
  unauthorized: 'the token has ended',
  forbidden: 'a teacher has removed you, or your role may not',
  'classroom-ended': 'the class is over',
} as const;

/** Why a store turns a connection away. */
export type RefusalCode = keyof typeof reasons;

/** The error of a verb that a connection may not use now; `operation` completes "unable to …". */
export function refusal(operation: string, code: RefusalCode): ChalklineError {
  return new ChalklineError(code, `unable to ${operation}; ${reasons[code]}`);
}
