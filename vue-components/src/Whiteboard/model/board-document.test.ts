// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { BoardDocument, type ElementsChange } from './board-document.ts';
import type { BoardElement, ElementId, NewElement } from './element.ts';
import { encode, STROKE_POINTS } from './ink.ts';
import { bake } from './ink-capture.ts';
import { FIRST_PAGE } from './page-list.ts';
import { PAGES } from './page.ts';

const line: NewElement = {
  kind: 'line',
  pageId: FIRST_PAGE,
  style: { color: 'black', width: 2 },
  width: 10,
  height: 20,
};
const points = bake(
  Array.from({ length: 120 }, (_, index) => ({
    x: index * 3,
    y: 30 * Math.sin(index / 5),
    timeMs: index * 16,
  })),
  { width: 3 },
);
const ink: NewElement = { kind: 'ink', pageId: FIRST_PAGE, style: { color: 'black', width: 3 }, points };

let ada: BoardDocument;
let adaDoc: Y.Doc;
let ben: BoardDocument;
let benDoc: Y.Doc;

beforeEach(() => {
  [adaDoc, benDoc] = [new Y.Doc(), new Y.Doc()];
  for (const [from, to] of [
    [adaDoc, benDoc],
    [benDoc, adaDoc],
  ] as const) {
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'wire') Y.applyUpdate(to, update, 'wire');
    });
  }
  ada = new BoardDocument(adaDoc, { authorId: 'ada' });
  ben = new BoardDocument(benDoc, { authorId: 'ben' });
});

const ids = (board: BoardDocument, pageId = FIRST_PAGE) => board.elements(pageId).map(({ id }) => id);
const move = (id: ElementId, x: number, y: number) => ({
  id,
  patch: { transform: { x, y, scaleX: 1, scaleY: 1 } },
});
const xOf = (board: BoardDocument, id: ElementId) => board.get(id)?.transform.x;

describe('elements', () => {
  it('are the same to everyone, from the bottom to the top', () => {
    const all = [ada.add(line), ben.add(ink), ada.add({ ...line, kind: 'rectangle' })];
    expect(ids(ada)).toEqual(all);
    expect(ben.elements(FIRST_PAGE)).toEqual(ada.elements(FIRST_PAGE));
    expect(ada.get(all[1]!)).toMatchObject({
      authorId: 'ben',
      points,
      transform: { x: 0, y: 0, scaleX: 1, scaleY: 1 },
    });
  });

  it('tell what changed on which page, once a transaction, and are read already then', () => {
    const heard: ElementsChange[] = [];
    ben.on('elements', (change) =>
      heard.push({ ...change, added: change.added.filter((id) => ben.get(id)) }),
    );
    const [a, b] = [ada.add(line), ada.add(line)];
    ada.update([move(a, 1, 1), move(b, 2, 2)]);
    ada.remove([a]);
    const none = { added: [], changed: [], removed: [] };
    expect(heard).toEqual([
      { ...none, pageId: FIRST_PAGE, added: [a] },
      { ...none, pageId: FIRST_PAGE, added: [b] },
      { ...none, pageId: FIRST_PAGE, changed: [a, b] },
      { ...none, pageId: FIRST_PAGE, removed: [a] },
    ]);
  });

  it('keep their identity and their list until they change', () => {
    const [a, b] = [ada.add(ink), ada.add(line)];
    const [list, first] = [ada.elements(FIRST_PAGE), ada.get(a)];
    expect(ada.elements(FIRST_PAGE)).toBe(list);
    ada.update([move(b, 5, 5)]);
    expect(ada.elements(FIRST_PAGE)).not.toBe(list);
    expect(ada.get(a)).toBe(first);
    const bytes = (ada.get(a) as Extract<BoardElement, { points: Uint8Array }>).points;
    ada.update([move(a, 5, 5)]);
    expect((ada.get(a) as Extract<BoardElement, { points: Uint8Array }>).points).toBe(bytes);
  });

  it('are moved in front of and behind others, several together', () => {
    const [a, b, c, d] = [ada.add(line), ada.add(line), ada.add(line), ada.add(line)];
    ada.reorder([a, b], 'front');
    expect(ids(ben)).toEqual([c, d, a, b]);
    ada.reorder([b], 'back');
    expect(ids(ben)).toEqual([b, c, d, a]);
    ada.reorder([b], 'forward');
    expect(ids(ben)).toEqual([c, b, d, a]);
    ada.reorder([d, a], 'backward');
    expect(ids(ben)).toEqual([c, d, a, b]);
    ada.reorder([b], 'forward');
    expect(ids(ben)).toEqual([c, d, a, b]);
  });

  it('cost little beside their points: 105 bytes as an update, 100 in a document; a move 50, the next 40', () => {
    const sizes: number[] = [];
    adaDoc.on('update', (update: Uint8Array) => sizes.push(update.length));
    const id = ada.add(ink);
    ada.update([move(id, 20, 30)]);
    ada.update([move(id, 25, 35.5)]);
    ada.remove([id]);
    const [added = 0, ...others] = sizes;
    expect(added - points.length).toBeLessThan(105);
    expect(others.map((size, index) => size < [50, 40, 30][index]!)).toEqual([true, true, true]);

    for (let count = 0; count < 100; count++) ada.add(ink);
    expect(Y.encodeStateAsUpdate(adaDoc).length / 100 - points.length).toBeLessThan(100);
  });
});

describe('undo', () => {
  it("takes back one's own step only, and never what another did", () => {
    const mine = ada.add(line);
    const theirs = ben.add(line);
    expect([ada.canUndo, ada.canRedo]).toEqual([true, false]);
    ada.undo();
    expect(ids(ben)).toEqual([theirs]);
    ada.undo();
    expect(ids(ben)).toEqual([theirs]);
    ada.redo();
    expect(ids(ben).toSorted()).toEqual([mine, theirs].toSorted());
  });

  // Seen red: a capture timeout, which makes one step of two strokes that follow each other fast.
  it('knows each change as a step of its own, however fast they come', () => {
    const a = ada.add(line);
    ada.add(line);
    ada.undo();
    expect(ids(ada)).toEqual([a]);
  });

  it('takes back a drag of many frames at once', () => {
    const id = ada.add(line);
    const close = ada.step();
    for (let x = 1; x <= 20; x++) ada.update([move(id, x, 0)]);
    close();
    ada.update([move(id, 100, 0)]);
    ada.undo();
    expect(xOf(ben, id)).toBe(20);
    ada.undo();
    expect(xOf(ben, id)).toBe(0);
  });

  it('brings back what was erased, where it lay, points and all', () => {
    const id = ben.add(ink);
    ada.update([move(id, 5, 5)]);
    ben.update([move(id, 50, 50)]);
    ada.remove([id]);
    ada.undo();
    expect(ben.get(id)).toMatchObject({ points, transform: { x: 50 }, authorId: 'ben' });
  });

  it('leaves what another moved since', () => {
    const id = ben.add(line);
    ada.update([move(id, 5, 5)]);
    ben.update([move(id, 50, 50)]);
    ada.undo();
    expect(xOf(ada, id)).toBe(50);
  });

  it('tells when there is something to undo or to do again', () => {
    const heard: unknown[] = [];
    ada.on('history', (state) => heard.push(state));
    ada.add(line);
    ada.undo();
    expect(heard).toEqual([
      { canUndo: true, canRedo: false },
      { canUndo: false, canRedo: true },
    ]);
  });
});

describe('pages', () => {
  it('begin with one that is not written, so that two who open a board at once share it', () => {
    expect(ada.pages).toEqual([expect.objectContaining({ id: FIRST_PAGE, background: { kind: 'blank' } })]);
    expect(Y.encodeStateVector(adaDoc)).toEqual(Y.encodeStateVector(new Y.Doc()));
  });

  it('are added after another, moved, named and removed with what is on them', () => {
    const last = ada.addPage();
    const middle = ada.addPage(FIRST_PAGE, { kind: 'grid' });
    expect(ben.pages.map(({ id }) => id)).toEqual([FIRST_PAGE, middle, last]);
    ben.movePage(last, 0);
    ben.renamePage(last, 'Homework');
    expect(ada.pages[0]).toMatchObject({ id: last, name: 'Homework' });
    const id = ada.add({ ...line, pageId: middle });
    ada.removePage(middle);
    expect([ben.get(id), ben.pages.length]).toEqual([undefined, 2]);
    ada.undo();
    expect([ben.get(id)?.pageId, ben.pages.length]).toEqual([middle, 3]);
  });

  it('are cleared with one step that can be taken back', () => {
    const all = [ada.add(line), ben.add(ink)];
    ada.clearPage(FIRST_PAGE);
    expect(ids(ben)).toEqual([]);
    ada.undo();
    expect(ids(ben)).toEqual(all);
  });

  it('are never none, and at most so many', () => {
    expect(() => ada.removePage(FIRST_PAGE)).toThrow(expect.objectContaining({ code: 'last-page' }));
    ada.transact(() => {
      for (let count = 1; count < PAGES; count++) ada.addPage();
    });
    const full = ben.pages.length === PAGES ? () => ben.addPage() : () => undefined;
    expect(full).toThrow(expect.objectContaining({ code: 'too-many-pages' }));
  });
});

describe('refusals', () => {
  const image: NewElement = {
    ...line,
    kind: 'image',
    url: 'https://school.example/a.png',
    width: 1,
    height: 1,
  };
  const long = encode(
    Array.from({ length: STROKE_POINTS + 1 }, (_, index) => ({ x: index, y: 0, pressure: 0.5 })),
  );

  it.each<[string, NewElement, string]>([
    ['a script as an image', { ...image, url: 'javascript:alert(1)' }, 'unsafe-url'],
    ['an SVG as data', { ...image, url: 'data:image/svg+xml;base64,PHN2Zy8+' }, 'unsafe-url'],
    ['data without an end', { ...image, url: `data:image/png;base64,${'A'.repeat(300_000)}` }, 'unsafe-url'],
    ['a password in an address', { ...image, url: 'https://ada:secret@school.example/' }, 'unsafe-url'],
    ['a stroke without an end', { ...ink, points: long }, 'stroke-too-long'],
    ['a place that is no number', { ...line, width: NaN }, 'invalid-element'],
    [
      'a text without an end',
      { ...line, kind: 'text', text: 'a'.repeat(4001), fontSize: 16 },
      'invalid-element',
    ],
    ['a colour that says more', { ...line, style: { color: 'red;}', width: 1 } }, 'invalid-element'],
  ])('%s is refused with a code and changes nothing', (_, element, code) => {
    expect(() => ada.add(element)).toThrow(expect.objectContaining({ name: 'BoardError', code }));
    const id = ada.add(line);
    const before = Y.encodeStateAsUpdate(adaDoc);
    expect(() => ada.update([move(id, 1, 1), { id, patch: { width: Infinity } }])).toThrow(
      'unable to change the board; the element is not complete or out of bounds',
    );
    expect(Y.encodeStateAsUpdate(adaDoc)).toEqual(before);
  });

  it('lets pictures from the web and small ones in the document through', () => {
    const data = ada.add({ ...image, url: 'data:image/png;base64,iVBORw0KGgo=' });
    expect(ben.get(data)).toMatchObject({ kind: 'image' });
    expect(() =>
      ada.setBackground(FIRST_PAGE, { kind: 'image', url: 'file:///etc', width: 1, height: 1 }),
    ).toThrow(expect.objectContaining({ code: 'unsafe-url' }));
    expect(() => ada.addPage(undefined, { kind: 'image', url: 'x', width: 1, height: 1 })).toThrow();
    expect(ben.pages).toHaveLength(1);
  });
});

describe('a hostile peer', () => {
  // Seen red: `readElement` without `toElement`.
  it('writes what is no element, which is not there, and the rest goes on', () => {
    const good = [ben.add(line)];
    const elements = adaDoc.getMap('elements');
    const made = ['line', FIRST_PAGE, 'V000', 'eve', ['black', 2], { width: 1, height: 1 }];
    const madeOf = (kind: string, ...rest: unknown[]) => [kind, ...made.slice(1, 4), ...rest];
    const wrong: unknown[] = [
      7,
      null,
      'text',
      new Y.Array(),
      new Y.Text('made'),
      new Y.Map(),
      new Y.Map([['made', 'line']]),
      new Y.Map([['made', []]]),
      new Y.Map([['made', madeOf('__proto__', ['black', 2], {})]]),
      new Y.Map([['made', [...made.slice(0, 2), '!', ...made.slice(3)]]]),
      new Y.Map([['made', madeOf('line', ['url(x)', 2], { width: 1, height: 1 })]]),
      new Y.Map([['made', madeOf('line', { color: 'black', width: 2 }, { width: 1, height: 1 })]]),
      new Y.Map([['made', madeOf('image', ['black', 2], { url: 'javascript:1', width: 1, height: 1 })]]),
      new Y.Map<unknown>([
        ['made', made],
        ['transform', [1e308, 0]],
      ]),
      new Y.Map<unknown>([
        ['made', made],
        ['transform', new Y.Map()],
      ]),
      new Y.Map<unknown>([
        ['made', made],
        ['style', ['black', -1]],
      ]),
      new Y.Map<unknown>([
        ['made', madeOf('ink', ['black', 2])],
        ['points', 'no'],
      ]),
    ];
    for (const [index, value] of wrong.entries()) elements.set(`wrong-${index}`, value);
    elements.set('no id!', new Y.Map([['made', made]]));
    adaDoc.getMap('pages').set('wrong', { order: 7 });
    adaDoc
      .getMap('pages')
      .set('odd', { order: 'V001', name: {}, background: { kind: 'image', url: 'javascript:1' } });
    elements.set('z-right', new Y.Map([['made', made]]));
    // Elements without an order stand by their ids, which are made at random.
    good.push('z-right');
    good.sort();
    expect(ids(ben)).toEqual(good);
    expect(ben.pages).toEqual([{ id: 'odd', order: 'V001', background: { kind: 'blank' } }]);
    expect(ids(new BoardDocument(benDoc, { authorId: 'chen' }))).toEqual(good);
  });

  it('turns a good element into a wrong one, which goes, and comes back when it is mended', () => {
    const id = ben.add(line);
    const map = adaDoc.getMap('elements').get(id) as Y.Map<unknown>;
    map.set('width', 'wide');
    expect(ben.get(id)).toBeUndefined();
    map.set('width', 30);
    expect(ben.get(id)).toMatchObject({ width: 30 });
  });
});

it('reads nothing of a document that it has let go of', () => {
  let count = 0;
  ben.on('elements', () => count++);
  ben.dispose();
  ada.add(line);
  expect(count).toBe(0);
});
