import { beforeEach, expect, it } from 'vitest';
import { PointerRouter, type PointerFacts } from './pointer-router.ts';

let said: string[];
let router: PointerRouter;

beforeEach(() => {
  said = [];
  router = new PointerRouter({
    begin: ({ id }) => said.push(`begin ${id}`),
    extend: (pointers) => said.push(`extend ${pointers.length}`),
    finish: () => said.push('finish'),
    abort: () => said.push('abort'),
    pan: (dx, dy) => said.push(`pan ${dx} ${dy}`),
    zoom: ({ x, y }, factor) => said.push(`zoom ${x} ${y} ${factor}`),
  });
});

const pointer = (kind: PointerFacts['kind'], id: number, x = 0, y = 0, more: Partial<PointerFacts> = {}) => ({
  ...{ kind, id, x, y, pressure: 0.5, at: 0, button: 0 },
  ...more,
});

it('draws with the left button of a mouse, every coalesced place, and not with the right one', () => {
  router.down(pointer('mouse', 1));
  router.move([pointer('mouse', 1, 1), pointer('mouse', 1, 2)]);
  router.up(1);
  router.down(pointer('mouse', 1, 0, 0, { button: 2 }));
  router.up(1);
  expect(said).toEqual(['begin 1', 'extend 2', 'finish']);
});

it('pans with the middle button, and with any while the hand is held', () => {
  router.down(pointer('mouse', 1, 10, 10, { button: 1 }));
  router.move([pointer('mouse', 1, 13, 8)]);
  router.up(1);
  router.isPanning = true;
  router.down(pointer('mouse', 1, 0, 0));
  router.move([pointer('mouse', 1, 1, 1)]);
  expect(said).toEqual(['pan 3 -2', 'pan 1 1']);
});

it('takes back a young stroke when a second finger comes, and pans and zooms about the middle of both', () => {
  router.down(pointer('touch', 1, 0, 0));
  router.down(pointer('touch', 2, 100, 0, { at: 50 }));
  router.move([pointer('touch', 2, 200, 0)]);
  expect(said).toEqual(['begin 1', 'abort', 'pan 50 0', 'zoom 100 0 2']);
});

it('goes on panning with the finger that stays', () => {
  router.down(pointer('touch', 1, 0, 0));
  router.down(pointer('touch', 2, 100, 0));
  router.up(1);
  router.move([pointer('touch', 2, 105, 0)]);
  router.up(2);
  expect(said.slice(-1)).toEqual(['pan 5 0']);
  expect(router.isIdle).toBe(true);
});

it('keeps an old stroke when the palm comes down', () => {
  router.down(pointer('touch', 1));
  router.down(pointer('touch', 2, 100, 0, { at: 2_000 }));
  router.move([pointer('touch', 2, 200, 0), pointer('touch', 1, 1, 0)]);
  router.up(1);
  expect(said).toEqual(['begin 1', 'extend 2', 'finish']);
});

// Seen red without `#isPenSeen`: the palm of a hand with a pen draws.
it('lets fingers pan and draw no more once a pen has touched the board', () => {
  router.down(pointer('pen', 9));
  router.up(9);
  said.length = 0;
  router.down(pointer('touch', 1, 0, 0));
  router.move([pointer('touch', 1, 4, 4)]);
  router.down(pointer('pen', 9));
  router.move([pointer('touch', 1, 9, 9)]);
  router.up(9);
  expect(said).toEqual(['pan 4 4', 'begin 9', 'finish']);
});

it('leaves nothing of a stroke that is cancelled', () => {
  router.down(pointer('pen', 1));
  router.cancel();
  router.up(1);
  expect(said).toEqual(['begin 1', 'abort']);
});
