import type { Faults } from './faults.ts';
import { GatewayError } from './gateway-error.ts';

type Check = (value: unknown) => boolean;

const isCount: Check = (value) => typeof value === 'number' && value >= 0;
const isChance: Check = (value) => isCount(value) && (value as number) <= 1;
const isText: Check = (value) => typeof value === 'string';
const isAmount: Check = (value) =>
  isCount(value) || (Array.isArray(value) && value.length === 2 && value.every(isCount));
const isStatus: Check = (value) => Number.isInteger(value) && Number(value) >= 300 && Number(value) <= 599;

function hasOnly(checks: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    required.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, part]) => part === undefined || checks[name]?.(part) === true);
}

const OCCASIONS = { chance: isChance, after: isCount, times: isCount };
const isStrike: Check = (value) => isChance(value) || hasOnly(OCCASIONS)(value);
const isDelay = hasOnly({ ...OCCASIONS, ms: isAmount }, ['ms']);

const GROUPS = {
  seed: (value) => Number.isInteger(value),
  connect: hasOnly({ refuse: isStrike, refuseStatus: isStatus, reset: isStrike, delay: isDelay }),
  invocation: hasOnly({
    routes: (value) => Array.isArray(value) && value.every(isText),
    delay: isDelay,
    twice: isStrike,
    killBefore: isStrike,
    killAtPost: hasOnly({ ...OCCASIONS, post: isAmount }, ['post']),
    killAt: hasOnly({ ...OCCASIONS, point: isText }, ['point']),
    coldStart: isDelay,
    freeze: (value) => typeof value === 'boolean',
  }),
  post: hasOnly({
    delay: isDelay,
    drop: isStrike,
    gone: isStrike,
    throttled: isStrike,
    failed: isStrike,
    reset: isStrike,
  }),
  disconnect: hasOnly({ lose: isStrike, delay: isDelay, repeat: isStrike }),
  socket: hasOnly({ goAway: isStrike, drop: isStrike, halfOpen: isStrike }),
} satisfies Record<keyof Faults, Check>;

/**
 * Checks faults that come from outside the type system, such as from a control request.
 * @throws GatewayError `invalid-option` naming the group that is not understood.
 */
export function checkFaults(value: unknown): asserts value is Faults {
  if (hasOnly(GROUPS)(value)) return;
  const groups: [string, unknown][] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [wrong] = groups.find(([name, group]) => !hasOnly(GROUPS)({ [name]: group })) ?? ['faults'];
  throw new GatewayError('invalid-option', `unable to set faults; ${wrong} is not understood`);
}
