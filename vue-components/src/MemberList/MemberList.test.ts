import { afterEach, expect, it } from 'vitest';
import { nextTick } from 'vue';
import { axeViolations } from '../testing/axe-violations.ts';
import { allByRole, byRole } from '../testing/by-role.ts';
import { ada, ben, chen, memberOf, mountClassroom } from '../testing/mount-classroom.ts';
import { openClass } from '../testing/open-class.ts';
import MemberList from './MemberList.vue';

afterEach(() => {
  document.body.innerHTML = '';
});

it('says who is here, in which role and how their connection is, in words', async () => {
  const { wrapper, classroom } = mountClassroom(MemberList);
  classroom.presence.set([memberOf(chen, 'reconnecting'), memberOf(ben), memberOf(ada)]);
  await nextTick();
  byRole(wrapper, 'region', 'Members');
  expect(wrapper.text()).toContain('3 members');
  const words = (item: { element: Element }) =>
    [...item.element.querySelectorAll('bdi, .self, .detail > span')].map((part) => part.textContent);
  expect(allByRole(wrapper, 'listitem').map(words)).toEqual([
    ['Ada', 'Teacher', 'Online'],
    ['Ben', 'You', 'Student', 'Online'],
    ['Chen', 'Student', 'Reconnecting'],
  ]);
});

// Seen red: the list without its levels, and a slow link that is also reconnecting told as slow.
it('says whose link is slow or silent, in a word and a shape', async () => {
  const { wrapper, classroom } = mountClassroom(MemberList);
  classroom.presence.levels = { ben: 'slow', chen: 'lost', dan: 'slow' };
  const dan = memberOf({ userId: 'dan', name: 'Dan', role: 'student' }, 'reconnecting');
  classroom.presence.set([memberOf(ada), memberOf(ben), memberOf(chen), dan]);
  await nextTick();
  const looks = wrapper
    .findAll('.item')
    .map((item) => [item.attributes('data-state'), item.find('.status').text()]);
  expect(looks).toEqual([
    ['good', 'Online'],
    ['slow', 'Slow connection'],
    ['lost', 'No answer'],
    ['reconnecting', 'Reconnecting'],
  ]);
});

// Seen red: one's own line said "No answer", which is what the others see; and nothing told of a second device.
it('says of our own link what we can know of it, and on how many devices a member is', async () => {
  const { wrapper, classroom } = mountClassroom(MemberList);
  classroom.presence.levels = { ben: 'lost' };
  classroom.presence.set([{ ...memberOf(ada), devices: 2 }, memberOf(ben)]);
  await nextTick();
  const details = wrapper
    .findAll('.detail')
    .map((line) => line.findAll(':scope > span').map((s) => s.text()));
  expect(details).toEqual([
    ['Teacher', 'Online', 'On 2 devices'],
    ['Student', 'No connection'],
  ]);
});

it('sorts teachers before students before observers, and by name among them', async () => {
  const { wrapper, classroom } = mountClassroom(MemberList);
  const student = (name: string) => memberOf({ userId: name, name, role: 'student' });
  classroom.presence.set([
    memberOf({ userId: 'o', name: 'Abe', role: 'observer' }),
    student('Student 10'),
    student('Student 2'),
    memberOf({ ...ada, name: 'Zoe' }),
  ]);
  await nextTick();
  expect(wrapper.findAll('bdi').map((name) => name.text())).toEqual([
    'Zoe',
    'Student 2',
    'Student 10',
    'Abe',
  ]);
});

it('shows a name that would turn the line around, or show nothing, as a name', async () => {
  const { wrapper, classroom } = mountClassroom(MemberList);
  classroom.presence.set([
    memberOf({ ...ada, name: '\u202Eada' }),
    memberOf({ ...ben, name: '\u200B\u3164' }),
  ]);
  await nextTick();
  expect(wrapper.findAll('bdi').map((name) => name.text())).toEqual(['ada', 'Unnamed member']);
});

it('says so when no one is here', () => {
  const { wrapper } = mountClassroom(MemberList);
  expect(wrapper.text()).toContain('No one is here yet.');
});

const rows = (wrapper: ReturnType<typeof mountClassroom>['wrapper']) =>
  allByRole(wrapper, 'listitem').map((item) => item.find('bdi').text());
/** Opens the menu of a member and presses one of its lines; without one, says which there are. */
async function choose({ wrapper, pass }: Awaited<ReturnType<typeof openClass>>, name: string, line?: string) {
  await byRole(wrapper, 'button', `Actions for ${name}`).trigger('click');
  await pass();
  const lines = allByRole(wrapper, 'menuitem').map((item) => item.text());
  if (line === undefined) return lines;
  await byRole(wrapper, 'menuitem', line).trigger('click');
  await pass();
  return lines;
}

it('puts raised hands before other students in their order, and observers in a list of their own', async () => {
  const { wrapper, server, ben, chen, pass } = await openClass(MemberList);
  server.join('math-101', { userId: 'abe', name: 'Abe' });
  server.join('math-101', { userId: 'olga', name: 'Olga', role: 'observer' });
  chen.publish('state.set', { key: 'hand', userId: 'chen', value: { raisedAt: 2 } });
  ben.publish('state.set', { key: 'hand', userId: 'ben', value: { raisedAt: 1 } });
  await pass();
  expect(rows(wrapper)).toEqual(['Ada', 'Tom', 'Chen', 'Ben', 'Abe', 'Olga']);
  expect(wrapper.findAll('.hand').map((hand) => hand.get('.chalkline-heard').text())).toEqual([
    'Hand raised, turn 1',
    'Hand raised, turn 2',
  ]);
  expect(byRole(wrapper, 'list', 'Observers').text()).toContain('Olga');
});

it('offers a teacher what the backend lets them do with each, and a student nothing', async () => {
  const lesson = await openClass(MemberList);
  const forStudents = [
    'Mute in chat',
    'Stop drawing',
    'Put in the spotlight',
    'Make co-teacher',
    'Remove from class',
  ];
  expect(await choose(lesson, 'Ben')).toEqual(forStudents);
  await byRole(lesson.wrapper, 'menu').trigger('keydown', { key: 'Escape' });
  expect(await choose(lesson, 'Tom')).toEqual(['Put in the spotlight']);
  const student = await openClass(MemberList, { role: 'student' });
  expect(allByRole(student.wrapper, 'button')).toEqual([]);
});

it('mutes, stops drawing, spotlights and lowers a hand, and shows it in words', async () => {
  const lesson = await openClass(MemberList);
  const { wrapper, ben, pass } = lesson;
  ben.publish('state.set', { key: 'hand', userId: 'ben', value: { raisedAt: 1 } });
  await pass();
  for (const line of ['Lower hand', 'Mute in chat', 'Stop drawing', 'Put in the spotlight'])
    await choose(lesson, 'Ben', line);
  const row = allByRole(wrapper, 'listitem').find((item) => item.find('bdi').text() === 'Ben');
  expect(row?.find('.hand').exists()).toBe(false);
  for (const words of ['Muted', 'No drawing', 'In the spotlight']) expect(row?.text()).toContain(words);
  expect(() => ben.say('May I?')).toThrow('forbidden');
  await choose(lesson, 'Ben', 'Unmute in chat');
  ben.say('Thank you');
});

it('makes a co-teacher and takes it back, removes a member and lets them in again', async () => {
  const lesson = await openClass(MemberList);
  const { wrapper, classroom, server, pass } = lesson;
  await choose(lesson, 'Ben', 'Make co-teacher');
  expect(rows(wrapper)).toEqual(['Ada', 'Tom', 'Ben', 'Chen']);
  expect(allByRole(wrapper, 'listitem')[2]?.text()).toContain('Co-teacher');
  await choose(lesson, 'Ben', 'End co-teaching');
  await choose(lesson, 'Ben', 'Remove from class');
  expect(rows(wrapper)).toEqual(['Ada', 'Tom', 'Chen', 'Ben']);
  expect(byRole(wrapper, 'list', 'Removed').text()).toContain('Ben');
  expect(classroom.presence.members.map(({ userId }) => userId)).not.toContain('ben');
  await byRole(wrapper, 'button', 'Let in Ben').trigger('click');
  await pass();
  expect(allByRole(wrapper, 'list', 'Removed')).toEqual([]);
  expect(server.warnings).toEqual([]);
});

it('is gone through with the keyboard', async () => {
  const lesson = await openClass(MemberList);
  const opener = byRole(lesson.wrapper, 'button', 'Actions for Ben');
  await choose(lesson, 'Ben');
  const menu = byRole(lesson.wrapper, 'menu');
  const focused = () => document.activeElement?.textContent.trim();
  const press = async (key: string) => {
    await menu.trigger('keydown', { key });
    return focused();
  };
  expect(focused()).toBe('Mute in chat');
  expect(await press('ArrowDown')).toBe('Stop drawing');
  expect(await press('End')).toBe('Remove from class');
  expect(await press('ArrowDown')).toBe('Mute in chat');
  expect(await press('ArrowUp')).toBe('Remove from class');
  expect(await press('Home')).toBe('Mute in chat');
  await press('Escape');
  expect([allByRole(lesson.wrapper, 'menu').length, document.activeElement]).toEqual([0, opener.element]);
});

it('says what the removed one has to know', async () => {
  const { wrapper, teacher, pass } = await openClass(MemberList, { role: 'student' });
  teacher.publish('state.set', { key: 'removed', userId: 'ada', value: { removedAt: 1 } });
  await pass(1000);
  expect(byRole(wrapper, 'heading').text()).toBe('You were removed from this class');
  teacher.publish('state.set', { key: 'removed', userId: 'ada', value: null });
  await byRole(wrapper, 'button', 'Try again').trigger('click');
  await pass(1000);
  byRole(wrapper, 'region', 'Members');
});

it('has nothing that axe objects to, with a menu open', async () => {
  const lesson = await openClass(MemberList);
  await choose(lesson, 'Chen', 'Remove from class');
  await choose(lesson, 'Ben');
  expect(await axeViolations(lesson.wrapper.element as Element)).toEqual([]);
});

it('has nothing that axe objects to', async () => {
  const { wrapper, classroom } = mountClassroom(MemberList);
  classroom.presence.set([memberOf(ada), memberOf(chen, 'reconnecting')]);
  await nextTick();
  expect(await axeViolations(wrapper.element as Element)).toEqual([]);
});
