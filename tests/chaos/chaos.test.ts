import { describe, expect, it } from 'vitest';
import { Cluster } from '../harness/cluster.ts';
import { Random } from '../harness/random.ts';
import { playRound } from './round.ts';

// Side by side: a round mostly waits, for delayed posts, for backoffs and for leases to end.
describe.concurrent.each([
  ['memory', [1, 2, 3, 4]],
  ['redis', [1, 2, 3, 4]],
  ['replicas', [1, 2, 3]],
] as const)('in classrooms kept in %s', (store, seeds) => {
  it.each(seeds)(
    'every promise is kept under the faults of seed %i',
    async (seed) => {
      await playRound({ seed, store });
    },
    120_000,
  );
});

// Seen red: with the sender's connection left among the recipients of what it publishes, it is told twice.
it('without faults a publish costs each member one frame, the sender included', async () => {
  const cluster = await Cluster.start({ store: 'memory', limits: { leaseMs: 60_000 } });
  try {
    const random = new Random(1);
    const room = 'math-101';
    const tabs = (['teacher', 'student', 'student', 'observer'] as const).map((role, index) =>
      cluster.openTab(`tab-${index}`, `student-${index}`, { [room]: role }, random),
    );
    const classrooms = tabs.map(({ client }) => client.classroom(room));
    for (const classroom of classrooms) await classroom.join();
    const framesOf = () =>
      tabs.map(
        ({ wire }) => (wire.framesIn.events ?? 0) + (wire.framesIn.ack ?? 0) + (wire.framesIn.error ?? 0),
      );
    const allHave = (seq: number) =>
      cluster.quiet(`all have ${seq}`, () => classrooms.every(({ position }) => position?.seq === seq));
    const [teacher, student] = classrooms;
    if (!teacher || !student) throw new Error('nobody is there');
    // Each join is an event.
    await allHave(classrooms.length);
    for (const speaker of [teacher, student, teacher]) {
      const before = framesOf();
      const texts = Array.from({ length: 40 }, (_, index) => `${room} ${index}`);
      const sent = await Promise.all(texts.map((text) => speaker.chat.send(text)));
      await allHave(sent.at(-1)?.seq ?? 0);
      expect(framesOf().map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1, 1, 1]);
    }
  } finally {
    await cluster.close();
  }
});
