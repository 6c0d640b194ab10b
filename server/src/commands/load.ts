import { ChalklineError } from '@chalkline/client-sdk/protocol';
import type { CommandHandler } from '../router.ts';

/** A page of a shared document. */
export const load: CommandHandler<'load'> = (_backend, _speaker, { document }) =>
  Promise.reject(new ChalklineError('not-found', `unable to load; there is no document "${document}"`));
