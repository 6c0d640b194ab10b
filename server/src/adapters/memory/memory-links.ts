import { HEALTH_MEMBERS, silentFromMs } from '@chalkline/client-sdk/protocol';

interface Link {
  userId: string;
  silentMs: number;
  /** The round trip, if it is slow. */
  rttMs: number | undefined;
}

/** What a `touch` tells of links: by userId those that are not good, the longest silent first, then the slowest. */
export function worstLinks(links: readonly Link[], leaseMs: number): Record<string, number[]> {
  const isSilent = ({ silentMs }: Link): boolean => silentMs >= silentFromMs(leaseMs);
  const bad = links.filter((link) => isSilent(link) || link.rttMs !== undefined);
  bad.sort(
    (a, b) =>
      Number(isSilent(b)) - Number(isSilent(a)) ||
      (isSilent(a) ? b.silentMs - a.silentMs : (b.rttMs ?? 0) - (a.rttMs ?? 0)),
  );
  return Object.fromEntries(
    bad
      .slice(0, HEALTH_MEMBERS)
      .map(({ userId, silentMs, rttMs }) => [userId, rttMs === undefined ? [silentMs] : [silentMs, rttMs]]),
  );
}
