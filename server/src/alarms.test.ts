import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { alarms } from './alarms.ts';
import { panels } from './dashboard.ts';
import { metricNames } from './meter.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

it('has an entry in the runbook for every alarm, and none for another', () => {
  // Seen red: an alarm of the list renamed.
  const [, section = ''] = runbook.split('## Alarms\n');
  const entries = [...(section.split('\n## ')[0] ?? '').matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  expect(entries).toEqual(alarms.map(({ name }) => name));
});

it('shows every metric on the dashboard, once', () => {
  expect(panels.flatMap(({ metrics }) => metrics).sort()).toEqual([...metricNames].sort());
});
