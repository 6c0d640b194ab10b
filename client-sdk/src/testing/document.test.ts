import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('docs/testing.md shows the example test word for word', async () => {
  const document = await readFile(new URL('../../../docs/testing.md', import.meta.url), 'utf8');
  const example = await readFile(new URL('example.test.ts', import.meta.url), 'utf8');
  expect(/```ts\n(.*?)```/s.exec(document)?.[1]).toBe(example);
});
