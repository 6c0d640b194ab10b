import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import * as emulator from './index.ts';
import { connect } from './testing/client.ts';

const page = await readFile(new URL('../../../docs/emulator.md', import.meta.url), 'utf8');

/** The rows of the tables that name a source and a test. */
function promises(): { behaviour: string; source: string; named: string }[] {
  const rows: { behaviour: string; source: string; named: string }[] = [];
  let isPromised = false;
  for (const line of page.split('\n')) {
    const [, behaviour = '', source = '', named = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (!line.startsWith('|')) isPromised = false;
    else if (behaviour === 'behaviour') isPromised = true;
    else if (isPromised && !behaviour.startsWith('--')) rows.push({ behaviour, source, named });
  }
  return rows;
}

describe('docs/emulator.md', () => {
  const rows = promises();

  test('has a row for everything that is promised', () => {
    expect(rows.length).toBeGreaterThan(50);
  });

  test.each(rows)('“$behaviour” names its source and a test that exists', async ({ source, named }) => {
    // Seen red: with one name changed by a letter.
    expect(source).toMatch(/\b(docs|gh|capture|model|measured|unverified|ours)\b/);
    const [, file = '', name = ''] = /^([\w-]+): (.+)$/.exec(named) ?? [];
    const code = await readFile(new URL(`./${file}.test.ts`, import.meta.url), 'utf8');
    expect(code.includes(`'${name}'`) || code.includes(`\`${name}\``), `${file} has no test “${name}”`).toBe(
      true,
    );
  });

  test('names every assumption’s file, and every option of the gateway', () => {
    for (const option of [
      'routes',
      'authorizer',
      'routeSelectionExpression',
      'stage',
      'host',
      'port',
      'limits',
      'faults',
      'assumptions',
      'credentials',
      'region',
      'accountId',
      'apiId',
      'control',
      'clock',
      'observe',
    ] satisfies (keyof emulator.GatewayOptions)[]) {
      expect(page).toContain(`\`${option}\``);
    }
  });
});

describe('the example on the page', () => {
  let gateway: emulator.Gateway | undefined;
  afterEach(() => gateway?.close());

  test('runs as it is printed', async () => {
    // Seen red: with returnResponse taken out of the page.
    const example = /```ts\n(import [\s\S]+?)```/.exec(page)?.[1] ?? '';
    const [importLine = '', ...lines] = example.split('\n');
    expect(importLine).toBe("import { createGateway } from '@chalkline/server/emulator';");
    // The page's import is the one thing a module without a place in the package cannot resolve.
    const source = `export const run = async (createGateway, console) => {\n${lines.join('\n')}\nreturn gateway;\n};`;
    const module = (await import(
      /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`
    )) as {
      run(
        create: typeof emulator.createGateway,
        console: { log(line: string): void },
      ): Promise<emulator.Gateway>;
    };
    gateway = await module.run(emulator.createGateway, { log: () => undefined });
    const client = await connect(gateway.url);
    client.send({ action: 'count', word: 'chalk' });
    expect(await client.frames.next('the first count')).toBe('chalk: 1');
    client.send({ action: 'count', word: 'chalk' });
    expect(await client.frames.next('the second count')).toBe('chalk: 2');
  });
});
