import { createClient, type Client } from '@chalkline/client-sdk';
import { createManualClock, createTestServer, type TestServer } from '@chalkline/client-sdk/testing';
import { flushPromises } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { computed, effectScope, watch } from 'vue';
import { useBoardStore } from './board-store.ts';
import { toBase64 } from './base64.ts';
import { boardClassroomOf } from './board-classroom.ts';
import { LiveSignals, type PeerInk } from './live-signals.ts';
import type { NewElement } from './model/element.ts';
import { encode, encodeGrowth } from './model/ink.ts';
import { InkCapture } from './model/ink-capture.ts';
import type { OwnStroke } from './tools/desk.ts';
import { useBoardAnnouncement } from './use-board-announcement.ts';
import { usePictures } from './use-pictures.ts';
import { whiteboardEn } from './whiteboard-en.ts';

beforeEach(() => {
  setActivePinia(createPinia());
});

/** The board of Ada, who teaches, and of Ben, a student: the real SDK against the backend in memory. */
async function openBoards() {
  const clock = createManualClock();
  const server = createTestServer({ clock });
  const clientOf = (userId: string, name: string, role: 'teacher' | 'student') =>
    createClient({ url: server.url, token: server.token({ userId, name, role }), env: server.env });
  const scope = effectScope();
  const open = async (client: Client) => {
    const classroom = client.classroom('math-101');
    await classroom.join();
    const store = scope.run(() => useBoardStore(classroom, client))!;
    return { classroom, store };
  };
  const ada = await open(clientOf('ada', 'Ada', 'teacher'));
  const ben = await open(clientOf('ben', 'Ben', 'student'));
  const pass = async (ms: number) => {
    await clock.advance(ms);
    await server.settled();
    await flushPromises();
  };
  await pass(2_000);
  return { ada, ben, pass, server, scope };
}

function clientIn(server: TestServer, userId: string) {
  const token = server.token({ userId, name: userId });
  return createClient({ url: server.url, token, env: server.env }).classroom('math-101');
}

const GROWTH = toBase64(encodeGrowth([{ x: 1, y: 1, pressure: 0.5 }]));

const box = (pageId: string): NewElement => ({
  kind: 'rectangle',
  pageId,
  width: 10,
  height: 10,
  style: { color: 'blue', width: 2 },
});

describe('the board store', () => {
  it('holds what is on the page for all, and takes back only what is ours', async () => {
    const { ada, ben, pass, scope } = await openBoards();
    expect([ada.store.hasLoaded, ben.store.hasLoaded]).toEqual([true, true]);
    ada.store.change((board) => board.add(box(ada.store.pageId)));
    ben.store.change((board) => board.add(box(ben.store.pageId)));
    await pass(2_000);
    const before = ben.store.elements;
    expect(before.map(({ authorId }) => authorId).toSorted()).toEqual(['ada', 'ben']);
    ada.store.undo();
    await pass(2_000);
    expect(ben.store.elements.map(({ authorId }) => authorId)).toEqual(['ben']);
    expect(before).toHaveLength(2);
    expect([ada.store.canUndo, ada.store.canRedo]).toEqual([false, true]);
    scope.stop();
  });

  // Seen red: the teacher's page not heeded.
  it('turns the page of all when the teacher does, and only our own when we do', async () => {
    const { ada, ben, pass, scope } = await openBoards();
    const first = ada.store.pageId;
    ada.store.addPage();
    await pass(2_000);
    expect(ben.store.pageId).toBe(ada.store.pageId);
    expect(ben.store.pageId).not.toBe(first);
    ben.store.showPage(first);
    await pass(2_000);
    expect(ada.store.pageId).not.toBe(first);
    ada.store.removePage(ada.store.pageId);
    await pass(2_000);
    expect([ada.store.pageId, ben.store.pageId, ada.store.pages.length]).toEqual([first, first, 1]);
    scope.stop();
  });

  it('is locked for all and opened for one', async () => {
    const { ada, ben, pass, scope } = await openBoards();
    ada.store.open(false);
    await pass(2_000);
    expect([ada.store.canDraw, ada.store.isOpen, ben.store.canDraw]).toEqual([true, false, false]);
    ada.store.allow('ben', true);
    await pass(2_000);
    expect([ada.store.isOpen, ada.store.mayDraw('ben'), ben.store.canDraw]).toEqual([false, true, true]);
    scope.stop();
  });

  // Seen red without the new `BoardDocument` on `reset`: what was refused stays on our board alone.
  it('rolls back what was refused and says so', async () => {
    const { ada, ben, pass, scope } = await openBoards();
    ada.store.change((board) => board.add(box(ada.store.pageId)));
    await pass(2_000);
    const bound = ben.store.board;
    // Drawn in the moment between the lock and its news.
    ada.store.open(false);
    ben.store.change((board) => board.add(box(ben.store.pageId)));
    await pass(5_000);
    expect(ben.store.board).not.toBe(bound);
    expect(ben.store.elements.map(({ authorId }) => authorId)).toEqual(['ada']);
    expect(ben.store.notice).toMatchObject({ kind: 'refused', cause: { code: 'forbidden' } });
    scope.stop();
  });

  // Seen red: the error caught and not told.
  it('tells what the board does not take, and keeps it', async () => {
    const { ada, scope } = await openBoards();
    const picture = { ...box(ada.store.pageId), kind: 'image', url: 'javascript:alert(1)' } as NewElement;
    ada.store.change((board) => board.add(picture));
    expect(ada.store.notice).toEqual({ kind: 'not-made', code: 'unsafe-url' });
    expect(ada.store.elements).toEqual([]);
    scope.stop();
  });
});

describe('pages of a file', () => {
  it('become pages with a picture below the ink, for all; what fails is told', async () => {
    const { ada, ben, pass, scope } = await openBoards();
    let make = (): Promise<{ url: string; width: number; height: number }[]> =>
      Promise.resolve(
        [1, 2].map((n) => ({ url: `https://school.example/${n}.png`, width: 800, height: 600 })),
      );
    const pictures = usePictures({
      store: ada.store,
      middle: () => ({ x: 0, y: 0 }),
      room: () => 640,
      uploadImage: () => undefined,
      importPages: () => () => make(),
      onAdded: () => undefined,
    });
    await pictures.addPages([new File([], 'lesson.pdf')]);
    await pass(2_000);
    expect(ben.store.pages.map(({ background }) => background.kind)).toEqual(['blank', 'image', 'image']);
    expect(ben.store.pageId).toBe(ben.store.pages[2]!.id);
    make = () => Promise.reject(new Error('no such file'));
    await pictures.addPages([new File([], 'lesson.pdf')]);
    expect(ada.store.notice).toMatchObject({ kind: 'import-failed' });
    scope.stop();
  });
});

describe('what a screen reader hears', () => {
  // Seen red: no word of being let in again; what we add ourselves and what an eraser left told as another's.
  it('is what others add, another page, an empty one, and that one may draw again', async () => {
    const { ada, ben, pass, scope } = await openBoards();
    const heard: string[] = [];
    scope.run(() => {
      const said = useBoardAnnouncement(
        ben.store,
        () => 'ben',
        (userId) => userId,
        computed(() => whiteboardEn),
      );
      watch(said, (words) => words !== '' && heard.push(words), { flush: 'sync' });
    });
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const after = async (work: () => void) => {
      heard.length = 0;
      work();
      await pass(2_000);
      await vi.advanceTimersByTimeAsync(10_000);
      return heard.join();
    };
    expect(await after(() => ada.store.change((board) => board.add(box(ada.store.pageId))))).toBe(
      'ada added: Rectangle',
    );
    expect(await after(() => ben.store.change((board) => board.add(box(ben.store.pageId))))).toBe('');
    const points = encode([0, 9, 20].map((x) => ({ x, y: 0, pressure: 0.5 })));
    const { pageId } = ada.store;
    const stroke = { ...({ kind: 'ink', pageId, points } as const), style: { color: 'red', width: 4 } };
    let id = '';
    expect(await after(() => ada.store.change((board) => (id = board.add(stroke))))).toBe(
      'ada added: 1 stroke',
    );
    expect(await after(() => ada.store.change((board) => board.splitStroke(id, [points, points])))).toBe('');
    expect(await after(() => ada.store.clearPage())).toBe('The page was cleared');
    expect(await after(() => ada.store.addPage())).toBe('Page 2 is shown');
    expect(await after(() => ada.store.open(false))).toBe('');
    expect(await after(() => ada.store.open(true))).toBe('You may draw');
    scope.stop();
  });
});

describe('live signals', () => {
  async function openSignals() {
    const boards = await openBoards();
    const { ada, ben } = boards;
    const signalsOf = ({ classroom, store }: typeof ada) =>
      new LiveSignals(
        boardClassroomOf(classroom),
        () => store.board,
        () => store.pageId,
      );
    const grown: PeerInk[] = [];
    const dropped: string[] = [];
    const heard = signalsOf(ben);
    heard.on('ink', (ink) => grown.push(ink));
    heard.on('dropInk', (id) => dropped.push(id));
    return { ...boards, signals: signalsOf(ada), grown, dropped };
  }
  const stroke = (): OwnStroke => ({
    id: 'stroke-1',
    kind: 'ink',
    style: { color: 'red', width: 4 },
    capture: new InkCapture({ width: 4 }),
  });

  it('tell of a stroke while it grows, in few frames, and of a short one nothing', async () => {
    const { signals, grown, pass } = await openSignals();
    const drawn = stroke();
    for (let ms = 0; ms <= 1_000; ms += 16) {
      drawn.capture.add({ x: ms, y: Math.sin(ms / 60) * 80, timeMs: ms });
      signals.draw(drawn, ms);
      await pass(16);
    }
    expect(grown.length).toBeGreaterThan(3);
    expect(grown.length).toBeLessThanOrEqual(8);
    expect(
      grown.reduce((from, ink) => (ink.from === from ? from + ink.points.length : NaN), 0),
    ).toBeGreaterThan(9);
    signals.draw(undefined, 1_016);
    grown.length = 0;

    const short = { ...stroke(), id: 'stroke-2' };
    for (let ms = 0; ms < 100; ms += 16) signals.draw(short, 2_000 + ms);
    signals.draw(undefined, 2_100);
    await pass(1_000);
    expect(grown).toEqual([]);
  });

  // Seen red: nothing told of what was given up.
  it('take back the preview of a stroke that was given up', async () => {
    const { signals, grown, dropped, pass } = await openSignals();
    const drawn = stroke();
    for (let ms = 0; ms <= 300; ms += 16) {
      drawn.capture.add({ x: ms, y: 0, timeMs: ms });
      signals.draw(drawn, ms);
    }
    await pass(1_000);
    expect(grown.length).toBeGreaterThan(0);
    signals.draw(undefined, 320);
    await pass(1_000);
    expect(dropped).toEqual(['stroke-1']);
  });

  // Seen red: pointers for all whatever the class, which cost its square; and for nobody in a larger one.
  it('tell all of a pointer in a small class; in a larger one of a student’s the teacher alone, and more seldom', async () => {
    const { ben, signals, pass, server } = await openSignals();
    const bens = new LiveSignals(
      boardClassroomOf(ben.classroom),
      () => ben.store.board,
      () => ben.store.pageId,
    );
    const told = { toAda: 0, toBen: 0, toDana: 0 };
    signals.on('cursor', () => (told.toAda += 1));
    bens.on('cursor', () => (told.toBen += 1));
    const dana = clientIn(server, 'dana');
    await dana.join();
    dana.signals.on('signal', () => (told.toDana += 1));
    const pointFor = async (ms: number) => {
      for (const name of ['toAda', 'toBen', 'toDana'] as const) told[name] = 0;
      for (let at = 0; at < ms; at += 50) {
        bens.moveTo({ x: at, y: 0 });
        await pass(50);
      }
      await pass(1_000);
      return { ...told };
    };
    expect(await pointFor(1_000)).toEqual({ toAda: 4, toBen: 0, toDana: 4 });
    for (const name of ['eve', 'finn', 'gil', 'hana']) server.join('math-101', { userId: name, name });
    await pass(1_000);
    expect(await pointFor(2_000)).toEqual({ toAda: 3, toBen: 0, toDana: 0 });
    const dans = ben.classroom.presence.members.find(({ userId }) => userId === 'dana')!;
    expect([bens, signals].map((live) => live.shows(dans))).toEqual([false, true]);
    signals.moveTo({ x: 1, y: 1 });
    await pass(1_000);
    expect(told).toEqual({ toAda: 3, toBen: 1, toDana: 1 });
  });

  // Seen red without the checks: what a hostile member sends is drawn, or throws in the listener.
  it.each([
    null,
    'ink',
    { pageId: 7 },
    { pageId: 'p', id: 'a', kind: 'ink', style: { color: 'url(x)', width: 4 }, from: 0, growth: GROWTH },
    { pageId: 'p', id: 'a', kind: 'text', style: { color: 'red', width: 4 }, from: 0, growth: GROWTH },
    { pageId: 'p', id: 'a', kind: 'ink', style: { color: 'red', width: 1e9 }, from: -1, growth: GROWTH },
  ])('pass over what is no ink: %j', async (data) => {
    const { grown, pass, server } = await openSignals();
    server.join('math-101', { userId: 'chen', name: 'Chen' }).signal('board.ink', data);
    await pass(1_000);
    expect(grown).toEqual([]);
  });
});
