import { expect, it } from 'vitest';
import { playRound } from '../chaos/round.ts';

// Seen red: append.lua asks nobody for their role, or whether it has the message already.
it('what would be deployed keeps every promise under the faults of a round', async () => {
  const report = await playRound({ seed: 2, store: 'rehearsal', steps: 30 });
  expect(report.acked).toBeGreaterThan(0);
}, 240_000);
