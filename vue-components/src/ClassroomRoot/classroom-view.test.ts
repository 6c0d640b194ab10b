import { ChalklineError, type ErrorCode } from '@chalkline/client-sdk';
import { expect, it } from 'vitest';
import { classroomView, type ClassroomViewFacts } from './classroom-view.ts';

const view = (facts: Partial<ClassroomViewFacts>, code?: ErrorCode) =>
  classroomView({
    classroom: 'joining',
    connection: 'connected',
    hasJoined: false,
    isUnreachable: false,
    isSlow: false,
    cause: code && new ChalklineError(code, 'unable to join; a test'),
    ...facts,
  });

it('shows the shape of what comes until joined', () => {
  expect(view({ classroom: 'idle', connection: 'idle' })).toBe('loading');
  expect(view({ connection: 'connecting' })).toBe('loading');
  expect(view({ classroom: 'joined', hasJoined: true })).toBe('ready');
});

it('says that there is no connection when the first join finds none, or takes long', () => {
  expect(view({ connection: 'connecting', isUnreachable: true })).toBe('offline');
  expect(view({ connection: 'reconnecting', isUnreachable: true })).toBe('offline');
  expect(view({ connection: 'connecting', isSlow: true })).toBe('offline');
});

it('keeps what is shown through a lost connection and a closed one', () => {
  expect(view({ classroom: 'joined', hasJoined: true, connection: 'reconnecting' })).toBe('ready');
  expect(view({ classroom: 'joined', hasJoined: true, isSlow: true })).toBe('ready');
  expect(view({ classroom: 'failed', hasJoined: true, connection: 'closed' }, 'unauthorized')).toBe('ready');
});

it('takes the content away on a verdict on the membership', () => {
  expect(view({ classroom: 'failed', hasJoined: true }, 'forbidden')).toBe('refused');
  expect(view({ classroom: 'failed', hasJoined: true, connection: 'closed' }, 'forbidden')).toBe('refused');
  expect(view({ classroom: 'failed', hasJoined: true }, 'classroom-ended')).toBe('ended');
  expect(view({ classroom: 'left' })).toBe('left');
});

it('says that the classroom did not open when it is refused or the connection closed', () => {
  expect(view({ classroom: 'failed' }, 'forbidden')).toBe('refused');
  expect(view({ connection: 'closed' }, 'unauthorized')).toBe('refused');
});
