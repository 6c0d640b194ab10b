import type { AnyClassroom, AnyClient } from '../any-client.ts';
import { createContext } from '../context.ts';

/** What `<ClassroomRoot>` gives to the parts inside it. */
export interface ClassroomContext {
  client: AnyClient;
  classroom: AnyClassroom;
}

export const classroomContext = createContext<ClassroomContext>('ClassroomRoot');

/**
 * The client and the classroom of the nearest `<ClassroomRoot>`, for components of the app's own.
 * @throws Error where there is no `<ClassroomRoot>` above.
 */
export function useClassroom(): ClassroomContext {
  return classroomContext.use('useClassroom()');
}
