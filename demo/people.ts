import type { Role } from '@chalkline/client-sdk';

/** Who may enter the demo, by the name in the address: `/?user=ada`. */
export const people: Readonly<Record<string, { name: string; role: Role }>> = {
  ada: { name: 'Ada', role: 'teacher' },
  ben: { name: 'Ben', role: 'student' },
  chen: { name: 'Chen', role: 'observer' },
};

/** The classroom of the demo. */
export const CLASSROOM_ID = 'math-101';
