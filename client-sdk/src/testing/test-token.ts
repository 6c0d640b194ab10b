import type { Role } from '../protocol/index.ts';

/** A user as their token describes them, the same in every classroom. */
export interface TestUser {
  userId: string;
  /** @default the `userId` */
  name?: string;
  /** @default 'student' */
  role?: Role;
  /** The classrooms that the token names. @default every one */
  classrooms?: readonly string[];
  /** How long each token lasts, in ms. @default 3_600_000 */
  lifeMs?: number;
}

/** What the test server reads out of a token. */
export interface TestClaims {
  userId: string;
  name: string;
  role: Role;
  classrooms: readonly string[] | undefined;
  /** In ms since 1970. */
  expiresAt: number;
}

/** The claims as hexadecimal digits, which a WebSocket subprotocol can carry whatever the name is written in. */
export function writeToken(user: TestUser, now: number): string {
  const { userId, name = userId, role = 'student', classrooms, lifeMs = 3_600_000 } = user;
  const claims: TestClaims = { userId, name, role, classrooms, expiresAt: now + lifeMs };
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The claims of a token that `writeToken` made; undefined for any other text. */
export function readToken(token: string): TestClaims | undefined {
  const bytes = Uint8Array.from(token.match(/../g) ?? [], (digits) => parseInt(digits, 16));
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as TestClaims;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
