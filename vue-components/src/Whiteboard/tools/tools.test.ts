import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { decode, STROKE_POINTS } from '../model/ink.ts';
import { TestDesk } from '../testing/test-desk.ts';
import { dragged } from './select-tool.ts';
import { toolKeys, toolNames } from './tool-names.ts';

let desk: TestDesk;
beforeEach(() => {
  desk = new TestDesk();
});

const only = () => {
  expect(desk.elements).toHaveLength(1);
  return desk.elements[0]!;
};
const row = (y: number): [number, number][] => Array.from({ length: 30 }, (_, n) => [n * 10, y]);

it('gives each tool a letter of its own', () => {
  expect(new Set(Object.values(toolKeys)).size).toBe(toolNames.length);
});

describe('the pen', () => {
  it('writes a stroke once, when it is lifted, under the id of its preview', () => {
    let written = 0;
    desk.board.on('elements', () => (written += 1));
    const places = row(50);
    let previewed: string | undefined;
    desk.showStroke = (stroke) => (previewed = stroke?.id ?? previewed);
    desk.drag('pen', places);
    expect(written).toBe(1);
    expect(only()).toMatchObject({ id: previewed, kind: 'ink', style: { color: 'black', width: 4 } });
  });

  it('leaves nothing of a stroke that was not meant', () => {
    desk.drag('pen', row(50), { isCancelled: true });
    expect([desk.elements, desk.stroke]).toEqual([[], undefined]);
  });

  // Seen red without the pieces: the board refuses a stroke of so many points.
  it('writes a very long stroke in pieces that join, one step of undo', () => {
    const places = Array.from({ length: STROKE_POINTS * 2 }, (_, n): [number, number] => [
      n,
      60 * Math.sin(n / 3),
    ]);
    desk.drag('pen', places);
    expect(desk.elements.length).toBeGreaterThan(1);
    const pieces = desk.elements.map((element) => ('points' in element ? decode(element.points) : []));
    expect(Math.abs(pieces[0]!.at(-1)!.x - pieces[1]![0]!.x)).toBeLessThan(2);
    desk.board.undo();
    expect(desk.elements).toEqual([]);
  });

  it('makes a dot of a press, and the highlighter even ink', () => {
    desk.drag('pen', [[5, 5]]);
    desk.drag('highlighter', row(9));
    expect(desk.elements.map(({ kind, style }) => [kind, style.color])).toEqual([
      ['ink', 'black'],
      ['highlight', 'yellow'],
    ]);
  });
});

describe('the shapes', () => {
  it.each([
    ['rectangle', { x: 10, y: 20 }, { width: 100, height: 60 }],
    ['ellipse', { x: 10, y: 20 }, { width: 100, height: 60 }],
    ['line', { x: 110, y: 80 }, { width: -100, height: -60 }],
    ['arrow', { x: 110, y: 80 }, { width: -100, height: -60 }],
  ] as const)('are drawn from corner to corner: %s', (tool, at, size) => {
    desk.drag(tool, [
      [110, 80],
      [10, 20],
    ]);
    expect(only()).toMatchObject({ kind: tool, ...size, transform: at });
  });

  it('are square, or of a round angle, with Shift', () => {
    const places = [
      [0, 0],
      [100, 96],
    ] as const;
    desk.drag('ellipse', places, { isShift: true });
    desk.drag('line', places, { isShift: true });
    const [circle, line] = desk.elements as unknown as { width: number; height: number }[];
    expect([circle!.width, circle!.height]).toEqual([100, 100]);
    expect(line!.width).toBeCloseTo(line!.height, 5);
  });

  it('are filled only if asked, and a press alone draws none', () => {
    desk.drag('rectangle', [[0, 0]]);
    desk.all.shape = { ...desk.all.shape, isFilled: true };
    desk.drag('rectangle', [
      [0, 0],
      [50, 50],
    ]);
    expect(only().style.fill).toBe('blue');
  });
});

describe('the eraser', () => {
  it('takes whole elements that it passes over, however fast, in one step of undo', () => {
    desk.drag('pen', row(50));
    desk.drag('pen', row(150));
    desk.box(400, 400);
    desk.drag('eraser', [
      [100, 0],
      [100, 300],
    ]);
    expect(only().kind).toBe('rectangle');
    desk.board.undo();
    expect(desk.elements).toHaveLength(3);
  });

  it('takes only what it passes over if so chosen, and leaves shapes whole', () => {
    desk.drag('pen', row(50));
    desk.box(120, 20);
    desk.all.eraser = { ...desk.all.eraser, isPartial: true };
    desk.drag('eraser', [
      [150, 0],
      [150, 100],
    ]);
    expect(desk.elements.map(({ kind }) => kind).toSorted()).toEqual(['ink', 'ink', 'rectangle']);
  });

  // Seen red: pieces of whoever erased.
  it('leaves the pieces to who drew the stroke, and gives it back whole to who erased', () => {
    const doc = new Y.Doc();
    const [ben, ada] = [new TestDesk(doc, 'ben'), new TestDesk(doc, 'ada')];
    ben.drag('pen', row(50));
    const [stroke] = ben.elements;
    ada.all.eraser = { ...ada.all.eraser, isPartial: true };
    for (const x of [100, 200]) {
      ada.drag('eraser', [
        [x, 0],
        [x, 100],
      ]);
    }
    expect(ben.elements.map(({ authorId }) => authorId)).toEqual(['ben', 'ben', 'ben']);
    // His stroke is gone, and what is left of it is hers to take back.
    ben.board.undo();
    expect(ben.elements).toHaveLength(3);
    ada.board.undo();
    ada.board.undo();
    expect(ben.elements).toEqual([stroke]);
  });
});

describe('selecting', () => {
  it('takes what is pressed, more with Shift, and nothing on bare paper', () => {
    const [a, b] = [desk.box(0, 0), desk.box(300, 0)];
    desk.drag('select', [[0, 50]]);
    expect(desk.selection).toEqual([a]);
    desk.drag('select', [[300, 50]], { isShift: true });
    expect(desk.selection).toEqual([a, b]);
    desk.drag('select', [[200, 300]]);
    expect(desk.selection).toEqual([]);
  });

  it('takes what lies within a rectangle', () => {
    const [a] = [desk.box(10, 10), desk.box(300, 10)];
    desk.drag('select', [
      [-20, -20],
      [150, 150],
    ]);
    expect([desk.selection, desk.marquee]).toEqual([[a], undefined]);
  });

  it('moves what is selected with the pointer, in one step of undo, and not for a tremor', () => {
    const a = desk.box(0, 0);
    desk.drag('select', [
      [0, 50],
      [1, 51],
    ]);
    expect(desk.board.get(a)!.transform).toMatchObject({ x: 0, y: 0 });
    desk.drag('select', [
      [0, 50],
      [20, 60],
      [40, 90],
    ]);
    expect(desk.board.get(a)!.transform).toMatchObject({ x: 40, y: 40 });
    desk.board.undo();
    expect(desk.board.get(a)!.transform).toMatchObject({ x: 0, y: 0 });
  });

  it('puts back what was moved by a drag that is cancelled', () => {
    const a = desk.box(0, 0);
    desk.drag(
      'select',
      [
        [0, 50],
        [90, 90],
      ],
      { isCancelled: true },
    );
    expect(desk.board.get(a)!.transform).toMatchObject({ x: 0, y: 0 });
  });

  it('resizes from the opposite corner', () => {
    const a = desk.box(0, 0);
    desk.select([a]);
    desk.handle = 'se';
    desk.drag('select', [
      [100, 100],
      [200, 150],
    ]);
    const { width, height } = desk.board.get(a) as { width: number; height: number };
    expect(width / height).toBeGreaterThan(1.2);
    expect(Math.abs(desk.board.get(a)!.transform.x)).toBeLessThan(2);
  });
});

describe('a resized frame', () => {
  const from = { x: 0, y: 0, width: 100, height: 50 };
  it.each([
    ['e', { x: 20, y: 9 }, false, { x: 0, y: 0, width: 120, height: 50 }],
    ['nw', { x: 20, y: 10 }, false, { x: 20, y: 10, width: 80, height: 40 }],
    ['se', { x: 100, y: 0 }, true, { x: 0, y: 0, width: 200, height: 100 }],
    ['w', { x: 500, y: 0 }, false, { x: 96, y: 0, width: 4, height: 50 }],
  ])('by %s', (handle, by, isProportional, into) => {
    expect(dragged(from, handle, by, isProportional)).toEqual(into);
  });
});

it('opens the editor on a text that is pressed, and on a new one elsewhere', () => {
  desk.drag('note', [[100, 100]]);
  expect(desk.edited).toMatchObject({ kind: 'note', text: '', transform: { x: 5, y: 5 } });
  const id = desk.board.add({ ...desk.edited!, text: 'Homework' });
  desk.drag('text', [[100, 100]]);
  expect(desk.edited).toMatchObject({ id, text: 'Homework' });
});

it('leaves no mark with the laser, and asks for a picture where it is to be', () => {
  desk.drag('laser', row(5));
  desk.drag('image', [[7, 8]]);
  expect(desk.lasers).toHaveLength(30);
  expect(desk.asked).toMatchObject([{ x: 7, y: 8 }]);
  expect(desk.elements).toEqual([]);
});

// Seen red: 360 px wherever it was pressed.
it.each([
  ['text', 1280, 100, { x: 100, width: 360 }],
  ['text', 390, 100, { x: 100, width: 274 }],
  ['text', 390, 350, { x: 214, width: 160 }],
  ['text', 100, 90, { x: 16, width: 68 }],
  ['note', 390, 380, { x: 184, width: 190 }],
] as const)('makes a new %s fit a view of %i px, pressed at %i', (tool, width, x, wanted) => {
  desk.visible = { x: 0, y: 0, width, height: 600 };
  desk.drag(tool, [[x, 200]]);
  const edited = desk.edited!;
  expect({ x: edited.transform?.x, width: edited.width }).toEqual(wanted);
});
