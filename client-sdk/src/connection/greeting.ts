import { HELLO_JOINS, type EventAction, type EventOf, type Join } from '../protocol/index.ts';
import type { Greeting } from './connection-events.ts';
import type { Request } from './requests.ts';

export interface GreetOptions {
  ask<A extends EventAction>(command: Request, answer: A): Promise<EventOf<A>>;
  clientId: string;
  /** Takes the place of the token that opened the socket. */
  token: string | undefined;
  /** The seats that are wanted. */
  wishes: readonly Join[];
  /** Whether all of them are taken before it resolves, also those that the hello has no room for. */
  takesAll: boolean;
}

/** Says hello. */
export async function greet(options: GreetOptions): Promise<Omit<Greeting, 'askedAt'>> {
  const { clientId, token, wishes, takesAll } = options;
  const joins = wishes.slice(0, HELLO_JOINS);
  const welcome = await options.ask({ action: 'hello', clientId, token, joins }, 'welcome');
  if (takesAll) {
    const take = (join: Join) => options.ask({ action: 'join', clientId, ...join }, 'joined');
    await Promise.allSettled(wishes.slice(HELLO_JOINS).map(take));
  }
  return { welcome, joins };
}
