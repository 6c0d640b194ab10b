import type { Receipt } from '@chalkline/client-sdk';
import type { AnyClassroom } from '../any-client.ts';

/** The state of a classroom by keys that the kit cannot know, such as an app's own. */
export interface LooseState {
  wished(key: string, userId?: string): unknown;
  can(key: string, userId?: string): boolean;
  set(key: string, value: unknown, userId?: string): Promise<Receipt>;
}

export function looseStateOf({ state }: AnyClassroom): LooseState {
  return state;
}

/** Whatever may change what we may do: for `projection`. */
export function onPermissions(classroom: AnyClassroom, listener: () => void): () => void {
  const removers = [classroom.on('status', listener), classroom.on('permissions', listener)];
  return () => removers.forEach((remove) => remove());
}

/** Whatever may change who is here, or an entry of the state: for `projection`. */
export function onRoster(classroom: AnyClassroom, listener: () => void): () => void {
  const removers = [
    classroom.on('status', listener),
    classroom.state.on('wish', listener),
    classroom.presence.on('change', listener),
  ];
  return () => removers.forEach((remove) => remove());
}
