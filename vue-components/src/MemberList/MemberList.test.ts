import { afterEach, expect, it } from 'vitest';
import { nextTick } from 'vue';
import { axeViolations } from '../testing/axe-violations.ts';
import { allByRole, byRole } from '../testing/by-role.ts';
import { ada, ben, chen, memberOf, mountClassroom } from '../testing/mount-classroom.ts';
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

it('has nothing that axe objects to', async () => {
  const { wrapper, classroom } = mountClassroom(MemberList);
  classroom.presence.set([memberOf(ada), memberOf(chen, 'reconnecting')]);
  await nextTick();
  expect(await axeViolations(wrapper.element as Element)).toEqual([]);
});
