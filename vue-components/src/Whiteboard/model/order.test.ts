// @vitest-environment node
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOrder, orderBetween } from './order.ts';

/** Every place chosen once more among those there are: where the next one is put in. */
const places = fc.array(fc.nat(), { minLength: 1, maxLength: 200 });

// Seen red: `fractionBetween` ending in a zero; the head of `above` taken though it has no fraction.
it('finds room between any two, and stays in order', () => {
  fc.assert(
    fc.property(places, (choices) => {
      const orders: string[] = [];
      for (const choice of choices) {
        const index = choice % (orders.length + 1);
        orders.splice(index, 0, orderBetween(orders[index - 1], orders[index]));
      }
      expect(orders).toEqual([...new Set(orders)].sort());
      expect(orders.filter((order) => !isOrder(order))).toEqual([]);
    }),
  );
});

it('keeps four digits however many are put on top', () => {
  let top: string | undefined;
  for (let count = 0; count < 20_000; count++) {
    const next = orderBetween(top, undefined);
    expect(top === undefined || next > top).toBe(true);
    top = next;
  }
  expect(top).toHaveLength(4);
});

it('has an answer at the ends of the world, too', () => {
  const highest = 'z'.repeat(64);
  expect(orderBetween('zzzz', undefined) > 'zzzz').toBe(true);
  expect(orderBetween(highest, undefined)).toBe(highest);
  expect(orderBetween(undefined, '0000')).toBe('0000');
  expect(orderBetween('V000', 'V000')).toBe('V000');
});

it.each([undefined, 3, '', 'V00', 'V0000', 'V000 ', 'V'.repeat(65)])('takes %j for no order', (value) => {
  expect(isOrder(value)).toBe(false);
});
