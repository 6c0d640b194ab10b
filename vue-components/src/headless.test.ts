// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as kit from './index.ts';
import * as board from './Whiteboard/index.ts';

it('has a composable beneath every component, which docs/headless.md names', () => {
  const exported: Readonly<Record<string, unknown>> = { ...kit, ...board };
  // A component is an object, a composable a function.
  const components = Object.keys(exported).filter(
    (name) => /^[A-Z][a-z]/.test(name) && typeof exported[name] === 'object',
  );
  const page = readFileSync(new URL('../../docs/headless.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `<(\w+)>` +\| `(use\w+)\(/gm)];
  // Seen red: `useConnectionBadge` not exported, and a component without a row.
  expect(rows.map(([, component]) => component).toSorted()).toEqual(components.toSorted());
  for (const [, , composable = ''] of rows) expect(exported[composable], composable).toBeTypeOf('function');
});
