import type { ChatMessage, Member, Role } from '@chalkline/client-sdk';
import { mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { h, type Component } from 'vue';
import ClassroomRoot from '../ClassroomRoot/ClassroomRoot.vue';
import { createChalkline } from '../plugin.ts';
import { ScriptedClient } from './scripted-client.ts';

export const ada = { userId: 'ada', name: 'Ada', role: 'teacher' } as const;
export const ben = { userId: 'ben', name: 'Ben', role: 'student' } as const;
export const chen = { userId: 'chen', name: 'Chen', role: 'student' } as const;

/** A member as the server tells of them. */
export function memberOf(
  from: { userId: string; name: string; role: Role },
  status: Member['status'] = 'online',
): Member {
  return { ...from, status, joinedAt: 0 };
}

const NOON = Date.UTC(2026, 8, 14, 12);

/** A sent message; Ben is the reader. `minute` counts from noon. */
export function messageOf(
  from: ChatMessage['from'],
  seq: number,
  more: Partial<ChatMessage> & { minute?: number } = {},
): ChatMessage {
  const { minute = seq, ...rest } = more;
  return {
    id: `m${seq}`,
    status: 'sent',
    seq,
    at: NOON + minute * 60_000,
    from,
    text: `Message ${seq}`,
    isOwn: from.userId === ben.userId,
    mentions: [],
    reactions: [],
    isAnnouncement: false,
    isPrivate: false,
    ...rest,
  };
}

/** Mounts `content` inside a `<ClassroomRoot>` that Ben has joined, over a scripted client. */
export function mountClassroom(
  content: Component,
  { role = 'student', props = {} }: { role?: Role; props?: Record<string, unknown> } = {},
) {
  const client = new ScriptedClient();
  const classroom = client.classroom('math-101');
  client.user = { userId: ben.userId, name: ben.name };
  classroom.userId = ben.userId;
  client.set('connected');
  classroom.admit(role);
  const wrapper = mount(ClassroomRoot, {
    props: { classroomId: 'math-101' },
    slots: { default: () => h(content, props) },
    global: { plugins: [createPinia(), createChalkline({ client })] },
    attachTo: document.body,
  });
  return { wrapper, client, classroom, chat: classroom.chat };
}
