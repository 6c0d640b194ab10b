import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lesson } from './lesson.ts';
import { idsOf } from './raw-client.ts';

let lesson: Lesson;
beforeAll(async () => (lesson = await Lesson.begin()));
afterAll(() => lesson.end());

const signal = { action: 'signal', classroomId: 'maths', signals: [{ type: 'typing', data: true }] };

// What one pupil says is posted to everybody, and each post is billed.
describe('one who never stops', () => {
  // Seen red: each of the four hundred came through.
  it('signalling is heard as often as the rate allows, and is told to wait', async () => {
    const ada = await lesson.enter('ada');
    const ben = await lesson.enter('ben');
    const startedAt = Date.now();
    for (let count = 0; count < 400; count++) ben.send(signal);
    const heard = () => ada.heard.filter(({ action }) => action === 'signals').length;
    const refusals = () => ben.heard.filter(({ action }) => action === 'error');
    const areAll = (): boolean => heard() + refusals().length === 400;
    await Promise.any([ada.hears('the last signal', areAll), ben.hears('the last refusal', areAll)]);
    expect(heard()).toBeLessThanOrEqual(100 + (40 * (Date.now() - startedAt)) / 1000 + 1);
    const refused = { classroomId: 'maths', code: 'rate-limited', retryable: true };
    expect(refusals()[0]).toMatchObject({ ...refused, retryAfterMs: expect.any(Number) as number });
    for (const client of [ada, ben]) client.socket.terminate();
  });

  // Seen red: as many events of history as the socket could carry.
  it('joining from the beginning is turned away after a while, and keeps the seat', async () => {
    const ben = await lesson.enter('ben');
    for (let count = 0; count < 500; count++) {
      ben.send({ action: 'join', clientId: 'tab', classroomId: 'maths', position: { epoch: 'e', seq: 0 } });
    }
    await ben.hears('the refusal', (event) => event.action === 'error' && event.code === 'rate-limited');
    expect(await ben.chat('maths', 'still here')).toMatchObject({ results: [{ id: 'still here' }] });
    ben.socket.terminate();
  });

  // Seen red: each of the tabs was posted to.
  it('opening tabs has twenty seats, and the newest are among them', async () => {
    const ada = await lesson.enter('ada');
    const tabs = [];
    for (let tab = 0; tab < 25; tab++) tabs.push(await lesson.enter('dan', `tab-${tab}`));
    await ada.chat('maths', 'for all tabs');
    const hear = tabs.slice(-20).map((tab) => tab.hears('the chat', (event) => idsOf([event]).length > 0));
    await Promise.all(hear);
    const [first] = tabs;
    await first?.ask('pong', { action: 'ping', positions: {} });
    expect(idsOf(first?.heard ?? [])).not.toContain('for all tabs');
    for (const client of [ada, ...tabs]) client.socket.terminate();
  });
});
