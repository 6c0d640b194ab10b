import { expect, it } from 'vitest';
import { TestBackend } from './testing/test-backend.ts';
import { readLog, traceOf } from './trace.ts';

it('follows a message from its sender to those who got it at once and who got it by coming back', async () => {
  // Seen red: joins of other classrooms told as deliveries.
  const backend = new TestBackend();
  await backend.join('ada', 'ben', 'chen');
  backend.lines.length = 0;
  const publish = {
    action: 'publish' as const,
    ref: 1,
    classroomId: 'maths',
    messages: [
      { id: 'first', type: 'chat.send', data: { text: 'one' } },
      { id: 'followed', type: 'chat.send', data: { text: 'two' } },
    ],
  };
  backend.deliveries.set('chen', 'gone');
  await backend.say('ada', publish);
  await backend.say('ada', publish);
  const joined = { action: 'join', ref: 2, clientId: 'tab-of-chen', classroomId: 'maths' } as const;
  const { head } = await backend.store.join({
    classroomId: 'maths',
    seat: { ...backend.claims('ada'), connectionId: 'ada', clientId: 'tab-of-ada', role: 'teacher' },
  });
  await backend.say('chen-2', { ...joined, position: { epoch: head.epoch, seq: 3 } });
  const joins = [{ classroomId: 'history', after: 1, head: 9, recovered: true }];
  backend.lines.push({ action: 'join', outcome: 'ok', connectionId: 'ben-2', joins });
  const log = backend.lines
    .map((line) => JSON.stringify({ timestamp: '2026-01-01T00:00:00.000Z', ...line }))
    .join('\n');
  const story = traceOf('followed', readLog(log));
  expect(story).toEqual([
    expect.stringMatching(
      /sent by ada over ada to maths: seq 5, 4 frames delivered, 1 gone, not all to chen,/,
    ),
    expect.stringMatching(/sent again by ada over ada to maths: seq 5, 1 frames delivered/),
    expect.stringMatching(/chen over chen-2 recovered seqs 4 to \d+, 5 among them/),
  ]);
  expect(traceOf('unknown', readLog(log))).toEqual([]);
});

it('reads a log however it was exported', () => {
  const line = { action: 'publish', outcome: 'ok', ids: ['a'], seqs: [1] };
  const text = JSON.stringify(line);
  for (const exported of [
    text,
    `2026-11-21T21:00:00.000Z ${text}`,
    `START RequestId: x\n${text}\nREPORT RequestId: x`,
    JSON.stringify([{ '@timestamp': 'x', '@message': text }]),
    JSON.stringify({ timestamp: 1, message: text }),
  ])
    expect(readLog(exported)).toEqual([line]);
});
