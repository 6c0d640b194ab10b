import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandSchemas, errorCodes, eventSchemas, isRetryable } from './index.ts';

const document = readFileSync(new URL('../../../PROTOCOL.md', import.meta.url), 'utf8');

/** The rows of the first table under a heading, as their cells. */
function tableUnder(heading: string): string[][] {
  const section = document.split(`\n${heading}\n`)[1]?.split(/\n#/)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', ''))
      .slice(1, -1),
  );
}

interface EnvelopeSchema {
  shape: Record<string, unknown>;
}

/** `ref clientId token?` as the document writes the fields of a schema, without what every envelope has. */
function fieldsOf(schema: EnvelopeSchema): string[] {
  const isOptional = (field: unknown) => (field as { def: { type: string } }).def.type === 'optional';
  return Object.entries(schema.shape)
    .filter(([name]) => name !== 'v' && name !== 'action')
    .map(([name, field]) => `${name}${isOptional(field) ? '?' : ''}`)
    .sort();
}

// Seen red: with a row of PROTOCOL.md left out, and with `retryable` of one code turned.
describe('PROTOCOL.md', () => {
  it.each<[string, Record<string, EnvelopeSchema>]>([
    ['### Commands', commandSchemas],
    ['### Events', eventSchemas],
  ])('lists the actions and fields of the schemas under %s', (heading, schemas) => {
    const written = tableUnder(heading).map(([action, fields]) => [action, (fields ?? '').split(' ').sort()]);
    expect(written).toEqual(Object.entries(schemas).map(([action, schema]) => [action, fieldsOf(schema)]));
  });

  it('lists the error codes and whether they are retryable', () => {
    const written = tableUnder('## Errors').map(([code, retryable]) => [code, retryable === 'yes']);
    expect(written).toEqual(errorCodes.map((code) => [code, isRetryable(code)]));
  });
});
