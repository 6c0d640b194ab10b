/** How many member colours a theme has: `--chalkline-member-1` to `--chalkline-member-12`. */
export const MEMBER_COLORS = 12;

/**
 * The number of a member's colour, 1 to 12: the same for a user everywhere and always, because it follows from the id alone.
 */
export function memberColor(userId: string): number {
  // FNV-1a: short ids that differ in one letter (`student-1`, `student-2`) land far apart.
  let hash = 0x811c9dc5;
  for (let i = 0; i < userId.length; i++) hash = Math.imul(hash ^ userId.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return ((hash >>> 0) % MEMBER_COLORS) + 1;
}
