import { errorCodes } from '@chalkline/client-sdk/protocol';
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

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
/** The words in bold of the table of one metric. */
function reasonsOf(metric: string): string[] {
  const [, section = ''] = runbook.split(`\n### ${metric}\n`);
  return [...(section.split('\n#')[0] ?? '').matchAll(/\*\*(.+?)\*\*/g)].map(([, reason = '']) => reason);
}
/** What the code may say in a place, with `…` for what it fills in. */
function saidIn(pattern: RegExp, ...paths: string[]): string[] {
  const said = paths.flatMap((path) => [...read(path).matchAll(pattern)].map(([, reason = '']) => reason));
  return said.map((reason) => reason.replace(/\$\{[^}]*\}/g, '…'));
}

// Seen red: `too late`, an error code, a refusal of the authorizer, each taken out of the runbook.
it('has a line in the runbook for every reason that a metric can have', () => {
  const door = saidIn(
    /(?:refusal\(|[?:] )['\x60](it[s ][^'\x60]+|no token[^'\x60]+)['\x60]/g,
    './adapters/jwt.ts',
    './handlers/authorizer.ts',
  );
  const posts = saidIn(/add\('failed', [^)]*'([^']+)'\)/g, './broadcast.ts');
  // Or the patterns find nothing any more.
  expect([door.length, posts]).toEqual([5, ['too late']]);
  const told = reasonsOf('refusedAtDoor');
  for (const reason of [...door, 'internal'])
    expect(
      told.some((line) => reason.startsWith(line)),
      reason,
    ).toBe(true);
  expect(reasonsOf('failed')).toEqual(expect.arrayContaining(posts));
  expect(reasonsOf('refused').sort()).toEqual([...errorCodes].sort());
});

it('shows every metric on the dashboard, once', () => {
  expect(panels.flatMap(({ metrics }) => metrics).sort()).toEqual([...metricNames].sort());
});
