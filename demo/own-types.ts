import type { MessageDefinitions, StateDefinitions } from '@chalkline/client-sdk';
import * as z from 'zod/mini';

/** The demo's own messages, given to both ends: votes, of which a newcomer gets the newest of each member. */
export const messages = {
  'poll.vote': {
    schema: z.object({ pollId: z.string(), choice: z.int().check(z.nonnegative()) }),
    keepsNewest: true,
  },
} as const satisfies MessageDefinitions;

/** What the members of a demo classroom share besides: the poll that is open. */
export const state = {
  poll: {
    schema: z.object({
      id: z.string(),
      question: z.string().check(z.minLength(1), z.maxLength(200)),
      options: z
        .array(z.string().check(z.minLength(1), z.maxLength(80)))
        .check(z.minLength(2), z.maxLength(6)),
    }),
    writers: ['teacher'],
  },
} as const satisfies StateDefinitions;
