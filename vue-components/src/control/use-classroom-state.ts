import type { Receipt, StateValue } from '@chalkline/client-sdk';
import { toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { projection } from '../stores/projection.ts';
import type { RegisteredState } from '../register.ts';
import { looseStateOf, onPermissions } from './room-state.ts';

type Key = Extract<keyof RegisteredState, string>;

export interface ClassroomStateOptions {
  /** Whose value it is, of a key that each member has for themselves. @default our own */
  userId?: MaybeRefOrGetter<string | undefined>;
  /** @default the classroom of the nearest `<ClassroomRoot>` */
  classroom?: ClassroomRef;
}

export interface ClassroomState<V> {
  /** What we set ourselves at once, and again what the others have if it is refused. Replaced, never mutated. */
  readonly value: ComputedRef<V | undefined>;
  /** Whether we may set it now. */
  readonly canSet: ComputedRef<boolean>;
  /**
   * Sets it for everyone; `null` deletes. Resolves when the server has kept it.
   * @throws ChalklineError as `classroom.state.set` does
   */
  readonly set: (value: V | null) => Promise<Receipt>;
}

/**
 * One value of the state that all members share. Its keys are Chalkline's, and those of the client that the app has put into
 * `Register`.
 */
export function useClassroomState<K extends Key>(
  key: K,
  options: ClassroomStateOptions = {},
): ClassroomState<StateValue<RegisteredState, K>> {
  const classroom = classroomOf(options.classroom, `useClassroomState('${key}')`);
  const state = looseStateOf(classroom);
  const whose = (): string | undefined => toValue(options.userId);
  return {
    value: projection(
      () => state.wished(key, whose()) as StateValue<RegisteredState, K> | undefined,
      (listener) => classroom.state.on('wish', listener),
      whose,
    ),
    canSet: projection(
      () => state.can(key, whose()),
      (listener) => onPermissions(classroom, listener),
      whose,
    ),
    set: (value) => state.set(key, value, whose()),
  };
}
