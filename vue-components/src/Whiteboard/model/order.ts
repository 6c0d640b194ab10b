/**
 * Fractional order: a string between any two, compared as strings, so that one element moves without touching another.
 * Four digits count, so that a drawing of thousands of strokes keeps short keys; a fraction follows where something was
 * put between two. Elements of equal order (two members drew at once) stand by id.
 */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = DIGITS.length;
const HEAD = 4;
const LONGEST = 64;
const HEADS = BASE ** HEAD;

const pattern = /^[\dA-Za-z]{4}([\dA-Za-z]{0,59}[1-9A-Za-z])?$/;

/** Whether it is an order as `orderBetween` makes them: others cannot be put in between. */
export function isOrder(value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

/** An order above `below` and below `above`; without them, of the bottom, the top or the first. Where no room is left, `below`'s own. */
export function orderBetween(below: string | undefined, above: string | undefined): string {
  if (below === undefined) {
    if (above === undefined) return headOf(HEADS / 2);
    const head = countOf(above);
    return above.length > HEAD ? headOf(head) : headOf(Math.max(0, head - 1));
  }
  const low = countOf(below);
  const high = above === undefined ? HEADS : countOf(above);
  if (above !== undefined && below >= above) return below;
  if (high - low > 1) return headOf(low + 1);
  if (above !== undefined && high > low && above.length > HEAD) return headOf(high);
  const ceiling = high > low ? undefined : above?.slice(HEAD);
  const order = below.slice(0, HEAD) + fractionBetween(below.slice(HEAD), ceiling);
  return order.length > LONGEST ? below : order;
}

/** Strictly between, and never with a zero at its end, below which nothing fits. */
function fractionBetween(low: string, high: string | undefined): string {
  let digits = '';
  let ceiling = high;
  for (let index = 0; ; index++) {
    const floor = digitAt(low, index);
    const top = ceiling === undefined ? BASE : digitAt(ceiling, index);
    if (top - floor > 1) return digits + DIGITS.charAt((floor + top) >> 1);
    digits += DIGITS.charAt(floor);
    if (top > floor) ceiling = undefined;
  }
}

function digitAt(text: string, index: number): number {
  return index < text.length ? DIGITS.indexOf(text.charAt(index)) : 0;
}

function countOf(order: string): number {
  let count = 0;
  for (let index = 0; index < HEAD; index++) count = count * BASE + digitAt(order, index);
  return count;
}

function headOf(count: number): string {
  let head = '';
  for (let rest = count; head.length < HEAD; rest = Math.floor(rest / BASE))
    head = DIGITS.charAt(rest % BASE) + head;
  return head;
}
