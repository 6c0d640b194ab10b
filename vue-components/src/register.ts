import type { BuiltInMessages, BuiltInState, Client } from '@chalkline/client-sdk';
import type { Register } from './index.ts';

type Registered = Register extends { client: Client<infer M, infer S> }
  ? { messages: M; state: S }
  : { messages: BuiltInMessages; state: BuiltInState };

/** The message types that the app has registered, and Chalkline's. */
export type RegisteredMessages = Registered['messages'];

/** The keys of the state that the app has registered, and Chalkline's. */
export type RegisteredState = Registered['state'];
