/** The secret of a machine that nobody else reaches. */
export const DEVELOPMENT_SECRET = 'chalkline-development-secret-only';

/** What tokens are signed with: as given, or of the environment. */
export function secretOf(given: string | undefined): string {
  return given ?? process.env.CHALKLINE_SECRET ?? DEVELOPMENT_SECRET;
}
