import { afterEach, expect, it, vi } from 'vitest';
import { axeViolations } from '../testing/axe-violations.ts';
import { allByRole, byRole, nameOf } from '../testing/by-role.ts';
import { openClass } from '../testing/open-class.ts';
import { en } from '../locales/en.ts';
import ClassControls from './ClassControls.vue';
import { formatLeft } from './format-left.ts';

afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = '';
});

const names = (wrapper: Parameters<typeof allByRole>[0]) =>
  allByRole(wrapper, 'button').map(({ element }) => nameOf(element));

it('offers each what the backend lets them do', async () => {
  const teacher = await openClass(ClassControls);
  expect(names(teacher.wrapper)).toEqual(['0 raised hands', 'Mute chat', 'Lock board', 'Timer', 'End class']);
  const student = await openClass(ClassControls, { role: 'student' });
  expect(names(student.wrapper)).toEqual(['Raise hand']);
  const observer = await openClass(ClassControls, { role: 'observer' });
  expect(names(observer.wrapper)).toEqual([]);
});

it('mutes the chat and locks the board for all, shown at once, and opens them again', async () => {
  const { wrapper, classroom, ben, pass } = await openClass(ClassControls);
  await byRole(wrapper, 'button', 'Mute chat').trigger('click');
  byRole(wrapper, 'button', 'Unmute chat');
  await byRole(wrapper, 'button', 'Lock board').trigger('click');
  await pass();
  expect(() => ben.say('May I?')).toThrow('forbidden');
  expect(classroom.access.isOpen('board', 'ben')).toBe(false);
  await byRole(wrapper, 'button', 'Unmute chat').trigger('click');
  await pass();
  ben.say('Thank you');
});

it('takes back what was refused, and says why in a sentence until something works', async () => {
  const { wrapper, server, pass } = await openClass(ClassControls);
  server.refuse('publish', 'forbidden');
  await byRole(wrapper, 'button', 'Mute chat').trigger('click');
  byRole(wrapper, 'button', 'Unmute chat');
  await pass();
  byRole(wrapper, 'button', 'Mute chat');
  expect(byRole(wrapper, 'alert').text()).toBe('Not done. That is for teachers.');
  await byRole(wrapper, 'button', 'Lock board').trigger('click');
  await pass();
  expect(allByRole(wrapper, 'alert')).toEqual([]);
});

it('shows the hands in the order of raising, and lowers one or all', async () => {
  const { wrapper, classroom, ben, chen, pass } = await openClass(ClassControls);
  chen.publish('state.set', { key: 'hand', userId: 'chen', value: { raisedAt: 9 } });
  ben.publish('state.set', { key: 'hand', userId: 'ben', value: { raisedAt: 1 } });
  await pass();
  await byRole(wrapper, 'button', '2 raised hands').trigger('click');
  await pass();
  expect(wrapper.findAll('.list bdi').map((name) => name.text())).toEqual(['Chen', 'Ben']);
  await byRole(wrapper, 'button', 'Lower hand Chen').trigger('click');
  await pass();
  expect(classroom.state.get('hand', 'chen')).toBeUndefined();
  await byRole(wrapper, 'button', 'Lower all hands').trigger('click');
  await pass();
  expect(classroom.state.entries).toEqual([]);
  expect(wrapper.text()).toContain('No hand is up.');
});

it('raises and lowers the hand of a student, and says what is closed to them, in words', async () => {
  const { wrapper, classroom, teacher, pass } = await openClass(ClassControls, { role: 'student' });
  await byRole(wrapper, 'button', 'Raise hand').trigger('click');
  byRole(wrapper, 'button', 'Lower hand');
  await pass();
  expect(classroom.state.get('hand')).toBeDefined();
  await byRole(wrapper, 'button', 'Lower hand').trigger('click');
  await pass();
  expect(classroom.state.get('hand')).toBeUndefined();

  teacher.publish('state.set', { key: 'access.chat', value: { isOpen: false } });
  teacher.publish('state.set', { key: 'access.board', userId: 'ada', value: { isOpen: false } });
  await pass();
  const notices = () => wrapper.findAll('.notice').map((notice) => notice.text());
  expect(notices()).toEqual(['The chat is muted', 'You cannot draw right now']);
  expect(byRole(wrapper, 'status').text()).toBe('The chat is muted You cannot draw right now');
  teacher.publish('state.set', { key: 'access.chat', value: null });
  teacher.publish('state.set', { key: 'access.board', userId: 'ada', value: null });
  teacher.publish('state.set', { key: 'spotlight', value: { userId: 'ada' } });
  await pass();
  expect(notices()).toEqual(['You are in the spotlight']);
});

it('counts the timer down by the server, whatever the own clock says, and says when it is over', async () => {
  // The SDK's own clock is moved by hand; what is on its way there needs timers that run.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const { wrapper, classroom, teacher, clock, pass } = await openClass(ClassControls, { role: 'student' });
  const both = async (ms: number) => {
    await clock.advance(ms);
    await vi.advanceTimersByTimeAsync(ms);
  };
  teacher.publish('state.set', {
    key: 'timer',
    value: { endsAt: classroom.now() + 65_000, label: 'Warm up' },
  });
  await pass();
  await expect.poll(() => wrapper.find('.timer').exists()).toBe(true);
  expect(wrapper.get('.timer').text()).toBe('Warm up1:05');
  await expect.poll(() => byRole(wrapper, 'status').text()).toBe('Timer: 1:05');
  await both(1001);
  expect(wrapper.get('.left').text()).toBe('1:04');
  await both(64_000);
  expect(wrapper.get('.timer').text()).toBe('Warm upTime is up');
  expect(byRole(wrapper, 'status').text()).toBe('Time is up');
  await both(60_000);
  expect(wrapper.find('.timer').exists()).toBe(false);
});

it('sets, lengthens and takes away the timer', async () => {
  const { wrapper, classroom, pass } = await openClass(ClassControls);
  const press = async (name: string) => {
    if (allByRole(wrapper, 'button', name).length === 0)
      await byRole(wrapper, 'button', 'Timer').trigger('click');
    await byRole(wrapper, 'button', name).trigger('click');
    await pass();
  };
  await press('5 minutes');
  const { endsAt = 0 } = classroom.state.get('timer') ?? {};
  expect(endsAt - classroom.now()).toBeGreaterThan(298_000);
  await press('Add a minute');
  expect(classroom.state.get('timer')?.endsAt).toBe(endsAt + 60_000);
  await press('Stop timer');
  expect(classroom.state.get('timer')).toBeUndefined();
});

it('ends the class only after a question, which Escape and Cancel say no to', async () => {
  const { wrapper, client, classroom, pass } = await openClass(ClassControls);
  await byRole(wrapper, 'button', 'End class').trigger('click');
  expect(byRole(wrapper, 'alertdialog').text()).toContain('End the class for everyone?');
  await byRole(wrapper, 'button', 'Cancel').trigger('click');
  await pass();
  expect([classroom.status, allByRole(wrapper, 'alertdialog').length]).toEqual(['joined', 0]);
  await byRole(wrapper, 'button', 'End class').trigger('click');
  await byRole(wrapper, 'button', 'End for everyone').trigger('click');
  await pass();
  expect([classroom.cause?.code, client.status]).toEqual(['classroom-ended', 'closed']);
  expect(byRole(wrapper, 'heading').text()).toBe('This class has ended');
});

it('becomes the bar of a teacher when the student is made one, and says so', async () => {
  const { wrapper, teacher, pass } = await openClass(ClassControls, { role: 'student' });
  teacher.publish('state.set', { key: 'role', userId: 'ada', value: { role: 'teacher' } });
  await pass();
  expect(names(wrapper)).toContain('End class');
  expect(byRole(wrapper, 'status').text()).toBe('You are a co-teacher now.');
  teacher.publish('state.set', { key: 'role', userId: 'ada', value: null });
  await pass();
  expect(names(wrapper)).toEqual(['Raise hand']);
});

it('opens a panel on which Escape closes and gives the focus back', async () => {
  const { wrapper, pass } = await openClass(ClassControls);
  const timer = byRole(wrapper, 'button', 'Timer');
  await timer.trigger('click');
  await pass();
  expect(timer.attributes('aria-expanded')).toBe('true');
  expect(document.activeElement?.textContent).toContain('1 minute');
  await byRole(wrapper, 'dialog').trigger('keydown', { key: 'Escape' });
  expect(allByRole(wrapper, 'dialog')).toEqual([]);
  expect(document.activeElement).toBe(timer.element);
});

it('has nothing that axe objects to, closed, open and asking', async () => {
  const { wrapper, ben, pass } = await openClass(ClassControls);
  ben.publish('state.set', { key: 'hand', userId: 'ben', value: { raisedAt: 1 } });
  await pass();
  const check = async () => expect(await axeViolations(wrapper.element as Element)).toEqual([]);
  await check();
  await byRole(wrapper, 'button', '1 raised hand').trigger('click');
  await pass();
  await check();
  await byRole(wrapper, 'button', 'End class').trigger('click');
  await check();
});

it('shows the time that is left as a clock does, in the digits of the language', () => {
  expect([0, 1, 999, 1000, 61_500, 3_600_000].map((ms) => formatLeft(ms, en.language))).toEqual([
    '0:00',
    '0:01',
    '0:01',
    '0:01',
    '1:02',
    '60:00',
  ]);
  expect(formatLeft(65_000, 'ar-EG')).toBe('١:٠٥');
});
