import { describe, expect, it } from 'vitest';
import { sweepHandler } from './handlers/sweep.ts';
import { timedStore } from './meter.ts';
import { TestBackend } from './testing/test-backend.ts';

const say = (backend: TestBackend, from: string, id: string) =>
  backend.say(from, {
    action: 'publish',
    ref: 1,
    classroomId: 'maths',
    messages: [{ id, type: 'chat.send', data: { text: 'hello' } }],
  });

describe('the meter', () => {
  it('counts a message once however often it is sent, and each frame that is delivered', async () => {
    // Seen red: a duplicate counted as published.
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    backend.counted.clear();
    await say(backend, 'ada', 'a');
    await say(backend, 'ada', 'a');
    expect(backend.counted.get('published')).toBe(1);
    expect(backend.counted.get('delivered')).toBe(3);
    expect(backend.counted.get('refused')).toBeUndefined();
  });

  it('counts connections that are gone, refusals by code, and class sizes', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    expect(backend.counted.get('members')).toBe(1 + 2);
    backend.deliveries.set('ben', 'gone');
    await say(backend, 'ada', 'a');
    expect(backend.counted.get('gone')).toBe(1);
    await backend.sayRaw('ada', 'rubbish');
    expect(backend.counted.get('refused bad-envelope')).toBe(1);
  });

  it('tells a recovery from a discontinuity, and a newcomer from both', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    const { head } = await backend.store.join({
      classroomId: 'maths',
      seat: { ...backend.claims('ben'), connectionId: 'ben', clientId: 'tab', role: 'student' },
    });
    const rejoin = (position: { epoch: string; seq: number }) =>
      backend.say('ada', { action: 'join', ref: 2, clientId: 'tab-of-ada', classroomId: 'maths', position });
    expect(backend.counted.get('recoveries')).toBeUndefined();
    await rejoin(head);
    await rejoin({ epoch: 'another', seq: 1 });
    expect(backend.counted.get('recoveries')).toBe(1);
    expect(backend.counted.get('discontinuities')).toBe(1);
  });

  it('counts members who were swept, by whomever', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    backend.now += 61_000;
    await backend.say('ada', { action: 'join', ref: 3, clientId: 'tab-of-ada', classroomId: 'maths' });
    expect(backend.counted.get('ghostsSwept')).toBeGreaterThanOrEqual(1);
    backend.now += 61_000;
    backend.counted.clear();
    await sweepHandler(backend)(undefined, { getRemainingTimeInMillis: () => 60_000 });
    expect(backend.counted.get('ghostsSwept')).toBe(1);
  });

  it('times each call to the store, also one that fails, and passes on what it says', async () => {
    const backend = new TestBackend();
    const told: string[] = [];
    const store = timedStore(backend.store, { add: (name) => void told.push(name) });
    await expect(store.audience('maths', 'nobody')).rejects.toMatchObject({ code: 'not-joined' });
    await store.connect({ connectionId: 'ada', userId: 'ada', classroomIds: [] });
    await store.close();
    expect(told).toEqual(['storeMs', 'storeMs']);
  });
});
