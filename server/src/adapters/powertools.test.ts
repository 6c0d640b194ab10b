import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEmbeddedMeter, createLog } from './powertools.ts';

const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  // In development Powertools writes to the global console, in Lambda to one of its own.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'school');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  for (const level of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((text: string) => void written.push(text));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface Embedded extends Record<string, unknown> {
  _aws: {
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
}
const embedded = (): Embedded[] => written.map((text) => JSON.parse(text.replace(/\n\s*/g, '')) as Embedded);

describe('the log', () => {
  it('writes one short line with its level, and nothing that the stream says already', () => {
    const log = createLog();
    log({ action: 'publish', outcome: 'ok', connectionId: 'RYGzEcSNvHcCH8A=', ids: ['a'], ms: 7 });
    log({ action: 'join', outcome: 'forbidden' });
    log({ action: 'ping', outcome: 'internal', cause: ['Error: down'] });
    const lines = written.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(lines.map(({ level, action, outcome }) => [level, action, outcome])).toEqual([
      ['INFO', 'publish', 'ok'],
      ['WARN', 'join', 'forbidden'],
      ['ERROR', 'ping', 'internal'],
    ]);
    expect(Object.keys(lines[0] ?? {})).toEqual([
      'timestamp',
      'level',
      'action',
      'outcome',
      'connectionId',
      'ids',
      'ms',
    ]);
    expect(JSON.stringify(lines[0]).length).toBeLessThan(200);
  });

  it('is silent about what went well if told so', () => {
    const log = createLog({ level: 'WARN' });
    log({ action: 'ping', outcome: 'ok' });
    expect(written).toEqual([]);
  });
});

describe('embedded metrics', () => {
  it('are held for ten seconds and then written in one line, with every value of what is timed', () => {
    let now = 0;
    const meter = createEmbeddedMeter(() => now);
    meter.add('published');
    meter.add('storeMs', 3);
    meter.flush();
    expect(written).toEqual([]);
    now = 10_000;
    meter.add('published', 2);
    meter.add('storeMs', 5);
    meter.flush();
    expect(written).toHaveLength(1);
    const [line] = embedded();
    // The dimension that dashboard and alarms ask for.
    expect(line).toMatchObject({ published: 3, storeMs: [3, 5], service: 'school' });
    expect(line?._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'Chalkline',
      Dimensions: [['service']],
      Metrics: [
        { Name: 'storeMs', Unit: 'Milliseconds' },
        { Name: 'published', Unit: 'Count' },
      ],
    });
    meter.flush();
    expect(written).toHaveLength(1);
  });

  it('that somebody is woken for are written at once, by reason and in all', () => {
    // Seen red: held like the others, where no next invocation came.
    const meter = createEmbeddedMeter(() => 0);
    meter.add('failed', 1, '429');
    meter.flush();
    const lines = embedded();
    expect(lines.map(({ failed, reason }) => ({ failed, reason }))).toEqual([
      { failed: 1, reason: '429' },
      { failed: 1, reason: undefined },
    ]);
    expect(lines[0]?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['service', 'reason']]);
  });
});
