import type { MetricName } from './meter.ts';

/** One panel of the dashboard, in CloudWatch and on this machine alike. */
export interface Panel {
  title: string;
  /** What is normal, in a sentence for somebody who was woken. */
  normal: string;
  metrics: readonly MetricName[];
}

/** What an on-call engineer looks at, the most telling first. */
export const panels: readonly Panel[] = [
  {
    title: 'Are classes served?',
    normal: 'Both rise and fall together: a frame for each member, and one frame for what was sent together.',
    metrics: ['published', 'delivered'],
  },
  {
    title: 'What fails?',
    normal: 'Nothing failed. Some refusals are normal: a role that may not, a token that ended.',
    metrics: ['failed', 'refused', 'refusedAtDoor'],
  },
  {
    title: 'Who comes back?',
    normal: 'Recoveries come in ones and twos; discontinuities after a long absence or a failover only.',
    metrics: ['recoveries', 'discontinuities', 'ghostsSwept'],
  },
  {
    title: 'Is the way to the sockets good?',
    normal: 'Gone follows who closes a laptop. Retries are rare: many mean that a quota is reached.',
    metrics: ['gone', 'retries'],
  },
  {
    title: 'How long does it take?',
    normal:
      'A store call takes a few ms, a fan-out some tens. Both rise together when a cold start is among them.',
    metrics: ['storeMs', 'fanOutMs'],
  },
  {
    title: 'How large are classes?',
    normal: 'As large as you expect: a class that grows without end is a loop of joins.',
    metrics: ['members'],
  },
];
