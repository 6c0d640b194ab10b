import { hasInjectionContext } from 'vue';
import type { AnyClassroom } from '../any-client.ts';
import { useClient } from '../client-context.ts';
import { classroomContext } from '../ClassroomRoot/classroom-context.ts';

/** Says which classroom is meant: its id, the object itself, or nothing for the nearest `<ClassroomRoot>`. */
export type ClassroomRef = string | AnyClassroom | undefined;

/** The classroom that `ref` means; `asker` is named in the sentence that is thrown where there is none. */
export function classroomOf(ref: ClassroomRef, asker: string): AnyClassroom {
  if (typeof ref === 'object') return ref;
  if (typeof ref === 'string') return useClient().classroom(ref);
  if (hasInjectionContext()) return classroomContext.use(asker).classroom;
  throw new Error(`${asker} needs a classroom when it is called outside a component's setup.`);
}
