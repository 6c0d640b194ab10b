import { expect, it } from 'vitest';
import { MEMBER_COLORS, memberColor } from './member-color.ts';

it('gives a user the same colour each time, one of twelve', () => {
  for (const userId of ['ada', '', '陈', 'a'.repeat(128)]) {
    expect(memberColor(userId)).toBe(memberColor(userId));
    expect(memberColor(userId)).toBeGreaterThanOrEqual(1);
    expect(memberColor(userId)).toBeLessThanOrEqual(MEMBER_COLORS);
  }
});

it('spreads a class of similar ids over all colours about evenly', () => {
  const counts = new Map<number, number>();
  for (let n = 0; n < 1200; n++) {
    const color = memberColor(`student-${n}`);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  expect(counts.size).toBe(MEMBER_COLORS);
  expect(Math.max(...counts.values())).toBeLessThan(150);
});
