import { expect, test } from 'vitest';
import { ChalklineError } from '../protocol/index.ts';
import { next, statusOf, type ConnectionInput, type ConnectionState } from './machine.ts';

const cause = new ChalklineError('connection-lost', 'unable to stay connected; the test says so');
const refusal = new ChalklineError('unauthorized', 'unable to connect; the test says so');

type Name = ConnectionState['name'];
type Input = ConnectionInput['type'];
const tried = { attempt: 3, wasConnected: true, wasRefused: false, cause };
const states: Record<Name, ConnectionState> = {
  idle: { name: 'idle' },
  authenticating: { name: 'authenticating', ...tried },
  opening: { name: 'opening', ...tried },
  handshaking: { name: 'handshaking', ...tried },
  connected: { name: 'connected' },
  backoff: { name: 'backoff', ...tried },
  closed: { name: 'closed', cause },
};
const inputs: Record<Input, ConnectionInput> = {
  connect: { type: 'connect' },
  retry: { type: 'retry' },
  tokenReady: { type: 'tokenReady' },
  opened: { type: 'opened' },
  welcomed: { type: 'welcomed' },
  lost: { type: 'lost', cause },
  refused: { type: 'refused', cause: refusal },
  closed: { type: 'closed', cause: undefined },
};

/** Every pair of state and input that leads somewhere; all others lead nowhere. */
const ways: Record<Name, Partial<Record<Input, Name>>> = {
  idle: { connect: 'authenticating', closed: 'closed' },
  authenticating: { tokenReady: 'opening', lost: 'backoff', refused: 'backoff', closed: 'closed' },
  opening: { opened: 'handshaking', lost: 'backoff', refused: 'backoff', closed: 'closed' },
  handshaking: { welcomed: 'connected', lost: 'backoff', refused: 'backoff', closed: 'closed' },
  connected: { lost: 'backoff', refused: 'backoff', closed: 'closed' },
  backoff: { retry: 'authenticating', closed: 'closed' },
  closed: { connect: 'authenticating' },
};
const pairs = (Object.keys(states) as Name[]).flatMap((name) =>
  (Object.keys(inputs) as Input[]).map((input) => [name, input, ways[name][input] ?? name] as const),
);

// Seen red: `opened` was accepted while authenticating.
test.each(pairs)('%s with %s leads to %s', (name, input, target) => {
  const after = next(states[name], inputs[input]);
  expect(after.name).toBe(target);
  if (ways[name][input] === undefined) expect(after).toBe(states[name]);
});

// Seen red: a lost link counted from 1 in every state.
test('tries are counted until the welcome, and from one after it', () => {
  const { opening, handshaking, connected } = states;
  expect(next(opening, inputs.lost)).toMatchObject({ attempt: 4, wasConnected: true, cause });
  expect(next(handshaking, inputs.lost)).toMatchObject({ attempt: 4 });
  expect(next(opening, inputs.opened)).toMatchObject({ attempt: 3 });
  expect(next(connected, inputs.lost)).toMatchObject({ attempt: 1, wasConnected: true });
});

// Seen red: the second refusal led to backoff as the first did.
test('a second refusal in a row is for good, however far the second try came', () => {
  const once = next(states.handshaking, inputs.refused);
  expect(once).toMatchObject({ name: 'backoff', wasRefused: true, cause: refusal });
  const lostBetween = next(next(once, inputs.retry), inputs.lost);
  for (const again of [next(once, inputs.retry), next(next(lostBetween, inputs.retry), inputs.tokenReady)]) {
    expect(next(again, inputs.refused)).toEqual({ name: 'closed', cause: refusal });
  }
  const whole = [inputs.retry, inputs.tokenReady, inputs.opened, inputs.welcomed].reduce(next, once);
  expect(next(whole, inputs.refused).name).toBe('backoff');
});

// Seen red: the cause was known in the backoff only, and gone while the next try was under way.
test('the cause stands until the link is whole again', () => {
  const again = next(states.backoff, inputs.retry);
  expect([again, next(again, inputs.tokenReady)]).toMatchObject([{ cause }, { cause }]);
  expect(next(states.handshaking, inputs.welcomed)).not.toHaveProperty('cause');
  expect(next(states.closed, inputs.connect)).toMatchObject({ cause: undefined });
});

test('an app sees connecting before the first welcome, reconnecting after it', () => {
  const statuses = Object.values(states).map(statusOf);
  expect(statuses).toEqual([
    'idle',
    'reconnecting',
    'reconnecting',
    'reconnecting',
    'connected',
    'reconnecting',
    'closed',
  ]);
  expect(statusOf(next(states.idle, inputs.connect))).toBe('connecting');
});
