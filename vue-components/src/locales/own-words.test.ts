import { ChalklineError } from '@chalkline/client-sdk';
import { mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it } from 'vitest';
import { h, nextTick } from 'vue';
import {
  ChatPane,
  ClassroomLayout,
  ClassroomRoot,
  ConnectionBadge,
  createChalkline,
  MemberList,
} from '../index.ts';
import { ada, ben, memberOf, messageOf } from '../testing/mount-classroom.ts';
import { ScriptedClient } from '../testing/scripted-client.ts';
import { en } from './en.ts';
import type { Locale } from './locale.ts';

/** The app's own words: one for all. A template keeps its names, which are filled in. */
const blank = Object.fromEntries(
  Object.entries(en).map(([key, word]) => [
    key,
    typeof word === 'function' ? () => '¤' : String(word).replace(/(\{\w+\})|[^{]+/g, '$1¤'),
  ]),
) as Partial<Locale>;
const locale: Partial<Locale> = { ...blank, language: 'en', direction: 'ltr' };

/** What a person reads or hears on the page that is neither a name nor a message. */
function strangeWords(): string[] {
  const texts: string[] = [];
  for (const element of document.body.querySelectorAll('*')) {
    for (const node of element.childNodes)
      if (node.nodeType === Node.TEXT_NODE) texts.push(node.textContent ?? '');
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      texts.push(element.getAttribute(name) ?? '');
  }
  const known = /\b(Ada|Ben|A|B|Good morning)\b/g;
  return texts.map((text) => text.replace(known, '').trim()).filter((text) => /\p{L}/u.test(text));
}

it('lets an app replace every word, in each state of a classroom', async () => {
  const client = new ScriptedClient();
  const classroom = client.classroom('math-101');
  client.user = { userId: ben.userId, name: ben.name };
  const parts = {
    header: () => h(ConnectionBadge),
    main: () => h('p'),
    chat: () => h(ChatPane),
    members: () => h(MemberList),
  };
  const wrapper = mount(ClassroomRoot, {
    props: { classroomId: 'math-101' },
    slots: { default: () => h(ClassroomLayout, null, parts) },
    global: { plugins: [createPinia(), createChalkline({ client, locale })] },
    attachTo: document.body,
  });
  const seen: Record<string, string[]> = {};
  const look = async (state: string): Promise<void> => {
    await nextTick();
    seen[state] = strangeWords();
  };
  await look('loading');
  client.set('connected');
  classroom.admit('student');
  await look('empty');
  classroom.presence.set([memberOf(ada), memberOf(ben, 'reconnecting')]);
  classroom.typing.set([ada]);
  classroom.chat.set(
    [
      messageOf(ada, 1, { text: 'Good morning' }),
      messageOf(ben, 2, { text: 'Good morning', status: 'pending' }),
      messageOf(ben, 3, {
        text: 'Good morning',
        status: 'failed',
        error: new ChalklineError('rate-limited', 'unable to send; a test'),
      }),
    ],
    true,
  );
  await look('filled');
  client.set('reconnecting');
  await look('reconnecting');
  client.set('closed', new ChalklineError('unauthorized', 'unable to go on; the token has ended'));
  await look('closed');
  classroom.set('left');
  client.set('connected');
  await look('left');
  for (const code of ['forbidden', 'classroom-ended', 'internal'] as const) {
    classroom.set('failed', new ChalklineError(code, 'unable to stay; a test'));
    await look(code);
  }
  // Seen red: a word that stands in ConnectionBadge.vue itself.
  expect(Object.entries(seen).filter(([, words]) => words.length > 0)).toEqual([]);
  expect(Object.keys(seen)).toHaveLength(9);
  expect(document.body.textContent).toContain('¤');
  wrapper.unmount();
});
