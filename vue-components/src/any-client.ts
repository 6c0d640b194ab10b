import type { Classroom, Client, StatusChange } from '@chalkline/client-sdk';

/**
 * What the kit needs of a classroom. `Classroom<M, S>` of any message types and keys fits, and so does a hand-made one in an app's
 * tests.
 */
export interface AnyClassroom extends Pick<
  Classroom,
  | 'id'
  | 'status'
  | 'cause'
  | 'userId'
  | 'role'
  | 'can'
  | 'now'
  | 'join'
  | 'leave'
  | 'remove'
  | 'readmit'
  | 'setRole'
  | 'end'
> {
  readonly chat: Pick<
    Classroom['chat'],
    | 'messages'
    | 'hasOlder'
    | 'loadOlder'
    | 'send'
    | 'retry'
    | 'discard'
    | 'edit'
    | 'delete'
    | 'react'
    | 'unreact'
    | 'find'
    | 'unread'
    | 'markRead'
    | 'on'
  >;
  readonly presence: Pick<Classroom['presence'], 'members' | 'healthOf' | 'on'>;
  readonly typing: Pick<Classroom['typing'], 'members' | 'start' | 'stop' | 'on'>;
  readonly state: Pick<Classroom['state'], 'entries' | 'get' | 'wished' | 'can' | 'set' | 'on'>;
  readonly access: Pick<Classroom['access'], 'isOpen' | 'willBeOpen' | 'set' | 'on'>;
  /** `event`: each event of the log. */
  on(
    event: 'status' | 'event' | 'permissions' | 'discontinuity',
    listener: (payload: unknown) => void,
  ): () => void;
}

/** What the kit needs of a client, whatever message types the app has defined for it. */
export interface AnyClient extends Pick<Client, 'status' | 'cause' | 'user' | 'connect' | 'reconnect'> {
  on(event: 'status', listener: (change: StatusChange) => void): () => void;
  classroom(id: string): AnyClassroom;
}
