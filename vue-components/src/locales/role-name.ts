import type { Role } from '@chalkline/client-sdk';
import type { Locale } from './locale.ts';

const keys = {
  teacher: 'roleTeacher',
  student: 'roleStudent',
  observer: 'roleObserver',
} as const satisfies Record<Role, keyof Locale>;

/** The word for a role. */
export function roleName(role: Role, locale: Locale): string {
  return locale[keys[role]];
}
