import type { ClassroomEvent, MessageData, Receipt } from '@chalkline/client-sdk';
import { onScopeDispose, type ComputedRef } from 'vue';
import type { AnyClassroom } from '../any-client.ts';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { projection } from '../stores/projection.ts';
import type { RegisteredMessages } from '../register.ts';
import { onPermissions } from './room-state.ts';

type Type = Extract<keyof RegisteredMessages, string>;

/** A message of the type `T`, as everyone gets it. */
export type MessageEvent<T extends Type> = ClassroomEvent<T, MessageData<RegisteredMessages, T>>;

export interface Messages<T extends Type> {
  /**
   * The newest of each member, oldest first, of a type whose definition says `keepsNewest`: also from before we came. Empty for
   * other types.
   */
  readonly newest: ComputedRef<readonly MessageEvent<T>[]>;
  /** Whether we may send it now. */
  readonly canSend: ComputedRef<boolean>;
  /**
   * Tells everyone. Resolves when the server has kept it.
   * @throws ChalklineError as `classroom.publish` does
   */
  readonly send: (data: MessageData<RegisteredMessages, T>) => Promise<Receipt>;
}

interface Publisher {
  publish(type: string, data: unknown): Promise<Receipt>;
  newest(type: string): readonly ClassroomEvent[];
  on(type: string, listener: (message: never) => void): () => void;
}

/**
 * Messages of one of the app's own types: those of the client that it has put into `Register`.
 * @param listener hears each that comes while we are here, our own too, in the order of the log and once.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useMessages<T extends Type>(
  type: T,
  listener?: (message: MessageEvent<T>) => void,
  classroom?: ClassroomRef,
): Messages<T> {
  const room = classroomOf(classroom, `useMessages('${type}')`);
  const publisher = publisherOf(room);
  if (listener) onScopeDispose(publisher.on(type, listener));
  return {
    newest: projection(
      () => publisher.newest(type) as readonly MessageEvent<T>[],
      (changed) => {
        const removers = [
          publisher.on(type, changed),
          room.on('status', changed),
          room.on('discontinuity', changed),
        ];
        return () => removers.forEach((remove) => remove());
      },
    ),
    canSend: projection(
      () => room.can(type),
      (changed) => onPermissions(room, changed),
    ),
    send: (data) => publisher.publish(type, data),
  };
}

/** @throws Error for a classroom that an app made by hand without messages, as it may for the chat alone. */
function publisherOf(classroom: AnyClassroom): Publisher {
  if (!('publish' in classroom)) throw new Error('useMessages() needs a classroom of the SDK.');
  return classroom as unknown as Publisher;
}
