import { markRaw, onBeforeUnmount, onMounted, shallowRef, watch, type Ref } from 'vue';
import type { BoardStore } from './board-store.ts';
import { BoardView } from './canvas/board-view.ts';
import type { Camera } from './canvas/camera.ts';
import type { ThemeColors } from './canvas/theme-colors.ts';
import type { PageId } from './model/element.ts';
import { contains, type Place } from './model/geometry.ts';

export interface BoardViewTheme {
  colors: ThemeColors;
  reducedMotion: boolean;
}

/** The view that draws the store's page into `host`, made anew with the board; each page keeps the camera it was left with. */
export function useBoardView(
  host: Readonly<Ref<HTMLElement | null>>,
  store: BoardStore,
  theme: () => BoardViewTheme,
) {
  const view = shallowRef<BoardView>();
  const camera = shallowRef<Camera>({ x: 0, y: 0, zoom: 1 });
  const cameras = new Map<PageId, Camera>();
  let stop = (): void => undefined;

  const open = () => {
    const element = host.value;
    if (!element) return;
    stop();
    const { colors, reducedMotion } = theme();
    const now = markRaw(
      new BoardView(element, { board: store.board, pageId: store.pageId, theme: colors, reducedMotion }),
    );
    const off = now.on('camera', (moved) => {
      camera.value = moved;
      cameras.set(now.page, moved);
    });
    stop = () => {
      off();
      now.dispose();
    };
    view.value = now;
    show(now);
  };

  /** Where the page was left; at first everything on it, unless that is in view already. */
  const show = (now: BoardView) => {
    const left = cameras.get(now.page);
    now.setCamera(left ?? { x: 0, y: 0, zoom: 1 });
    if (left) return;
    const bounds = now.boundsOf(store.board.elements(now.page).map(({ id }) => id));
    if (bounds && !contains(now.visible, bounds)) now.fit(bounds);
  };

  onMounted(open);
  watch(() => store.board, open);
  watch(
    () => store.pageId,
    (page) => {
      if (!view.value) return;
      view.value.page = page;
      show(view.value);
    },
  );
  watch(theme, ({ colors, reducedMotion }) => {
    view.value?.setTheme(colors);
    if (view.value) view.value.reducedMotion = reducedMotion;
  });
  // The board may come after the view: what is on it is brought into sight once.
  watch(
    () => store.hasLoaded,
    () => {
      cameras.clear();
      if (view.value) show(view.value);
    },
  );
  onBeforeUnmount(() => stop());

  /** Counts the times that the user has moved the view by themselves. */
  const ownMoves = shallowRef(0);
  const moved = (work: (now: BoardView) => void) => {
    if (!view.value) return;
    ownMoves.value += 1;
    work(view.value);
  };
  return {
    view,
    camera,
    ownMoves,
    /** Of what is seen. */
    middle: (): Place => {
      const { x = 0, y = 0, width = 0, height = 0 } = view.value?.visible ?? {};
      return { x: x + width / 2, y: y + height / 2 };
    },
    /** How long a side of what is put there may be, in board pixels: seen whole, with its handles. */
    room: (): number => {
      const { width = Infinity, height = Infinity } = view.value?.visible ?? {};
      return Math.min(width, height) * 0.8;
    },
    panBy: (dx: number, dy: number) => moved((now) => now.panBy(dx, dy)),
    /** @param at a client point @default the middle */
    zoomBy: (factor: number, at?: Place) =>
      moved((now) => {
        const { left, top, width, height } = host.value?.getBoundingClientRect() ?? new DOMRect();
        now.zoomAt(at ?? { x: left + width / 2, y: top + height / 2 }, factor);
      }),
    fit: () => moved((now) => now.fit()),
  };
}

export type BoardCamera = ReturnType<typeof useBoardView>;
