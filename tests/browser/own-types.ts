import { useClassroomState, useMessages } from '@chalkline/vue-components';
import { expectTypeOf } from 'vitest';

/** Never called, only compiled: the demo registers its client, so its own keys and types are known, and no others. */
export function compiled(): void {
  expectTypeOf(useClassroomState('poll').value.value?.options).toEqualTypeOf<string[] | undefined>();
  expectTypeOf(useClassroomState('spotlight').value.value).toEqualTypeOf<{ userId: string } | undefined>();
  const { send, newest } = useMessages('poll.vote');
  expectTypeOf(newest.value[0]!.data).toEqualTypeOf<{ pollId: string; choice: number }>();
  // @ts-expect-error -- a choice is a number
  void send({ pollId: 'one', choice: 'two' });
  // @ts-expect-error -- there is no such key
  useClassroomState('weather');
  // @ts-expect-error -- there is no such type
  useMessages('poll.close');
}
