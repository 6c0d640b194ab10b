import { builtInMessages, commandSchemas, serverMessages, type Role } from '@chalkline/client-sdk/protocol';
import * as z from 'zod/mini';
import { describe, expect, it } from 'vitest';
import { commandRoles, permissionsOf, publishersOf, roleIn } from './permissions.ts';
import type { Claims } from './ports.ts';

const roles: readonly Role[] = ['teacher', 'student', 'observer'];

describe('the table of role × command', () => {
  // Seen red: observers let through to `signal`.
  const cells = {
    hello: { teacher: true, student: true, observer: true },
    join: { teacher: true, student: true, observer: true },
    leave: { teacher: true, student: true, observer: true },
    publish: { teacher: true, student: true, observer: false },
    signal: { teacher: true, student: true, observer: false },
    history: { teacher: true, student: true, observer: true },
    load: { teacher: true, student: true, observer: true },
    end: { teacher: true, student: false, observer: false },
    ping: { teacher: true, student: true, observer: true },
    chunk: { teacher: true, student: true, observer: true },
  };

  it('names every command of the protocol, and no other', () => {
    expect(Object.keys(commandRoles).sort()).toEqual(Object.keys(commandSchemas).sort());
    expect(Object.keys(cells).sort()).toEqual(Object.keys(commandSchemas).sort());
  });

  for (const command of Object.keys(cells) as (keyof typeof cells)[]) {
    for (const role of roles) {
      const may = cells[command][role];
      it(`${may ? 'lets' : 'does not let'} ${role} use ${command}`, () => {
        expect(commandRoles[command].includes(role)).toBe(may);
      });
    }
  }
});

describe('the table of role × message type', () => {
  const schema = z.object({});
  const messages = {
    ...builtInMessages,
    ...serverMessages,
    'quiz.answer': { schema },
    'quiz.open': { schema, publishers: ['teacher'] },
    'quiz.watch': { schema, publishers: ['teacher', 'observer'] },
  } as const;
  // Seen red: `publishers` of a definition taken as it is, so that an observer might publish `quiz.watch`.
  const cells: Record<keyof typeof messages, readonly Role[]> = {
    'chat.send': ['teacher', 'student'],
    'chat.announce': ['teacher'],
    'chat.whisper': ['teacher', 'student'],
    'chat.edit': ['teacher', 'student'],
    'chat.delete': ['teacher', 'student'],
    'chat.react': ['teacher', 'student'],
    'chat.unreact': ['teacher', 'student'],
    'chat.gone': [],
    'chat.hidden': [],
    'board.update': ['teacher', 'student'],
    'state.set': ['teacher', 'student'],
    'member.join': [],
    'member.drop': [],
    'member.leave': [],
    'quiz.answer': ['teacher', 'student'],
    'quiz.open': ['teacher'],
    'quiz.watch': ['teacher'],
  };
  for (const [type, publishers] of Object.entries(cells)) {
    for (const role of roles) {
      const may = publishers.includes(role);
      it(`${may ? 'lets' : 'does not let'} ${role} publish ${type}`, () => {
        expect(publishersOf(messages, type).includes(role)).toBe(may);
        expect(permissionsOf({ messages, state: {} }, role, role).includes(type)).toBe(may);
      });
    }
  }

  it.each(['quiz.unknown', 'constructor', '__proto__', 'toString'])('lets nobody publish %s', (type) => {
    // Seen red: the type looked up without asking whether it is the table's own.
    expect(publishersOf(messages, type)).toEqual([]);
  });
});

describe('what a join tells of permissions', () => {
  const state = {
    material: { schema: z.string(), writers: ['student'] },
    mood: { schema: z.string(), perMember: true },
  } as const;
  const told = (role: Role, tokenRole: Role = role) =>
    permissionsOf({ messages: {}, state }, role, tokenRole);
  const forTeachers = [
    'end',
    'state.set mood',
    'state.set mood *',
    'state.set board.page',
    'state.set board.leader',
    'state.set hand',
    'state.set hand *',
    'state.set timer',
    'state.set spotlight',
    'state.set removed',
    'state.set removed *',
    'state.set access.*',
  ];

  it('names the keys of the state beside the message types, and who may end the class', () => {
    expect(told('teacher').sort()).toEqual([...forTeachers, 'state.set role', 'state.set role *'].sort());
    expect(told('teacher', 'student').sort()).toEqual([...forTeachers].sort());
    expect(told('student')).toEqual(['state.set material', 'state.set mood', 'state.set hand']);
    expect(told('observer')).toEqual([]);
    expect(told('observer', 'teacher')).toEqual([]);
  });
});

describe('the role in a classroom', () => {
  const claims = (classrooms: Record<string, Role>): Claims => ({
    userId: 'ada',
    name: 'Ada',
    classrooms,
    expiresAt: 0,
  });

  it('is that of the exact id, whatever patterns fit too', () => {
    // Seen red: patterns looked at first.
    expect(roleIn(claims({ 'maths*': 'teacher', maths: 'observer', '*': 'student' }), 'maths')).toBe(
      'observer',
    );
  });

  it('is that of the longest prefix that fits', () => {
    // Seen red: the shortest taken, and the first named taken.
    const ofSchool = claims({ '*': 'observer', 'school-1*': 'student', 'school-1:maths*': 'teacher' });
    expect(roleIn(ofSchool, 'school-1:maths-7')).toBe('teacher');
    expect(roleIn(ofSchool, 'school-1:art')).toBe('student');
    expect(roleIn(ofSchool, 'school-2')).toBe('observer');
  });

  it('is none where the token names neither the id nor a prefix of it', () => {
    const ofMaths = claims({ maths: 'teacher', 'art-*': 'student' });
    for (const id of ['math', 'maths-2', 'art', 'Maths', 'constructor', '__proto__', 'toString']) {
      expect(roleIn(ofMaths, id), id).toBeUndefined();
    }
  });

  it('does not take a star inside a name for a pattern', () => {
    expect(roleIn(claims({ 'a*b': 'teacher' }), 'axb')).toBeUndefined();
  });
});
