import { computed, onBeforeUnmount, reactive, shallowRef, watch } from 'vue';
import type { BoardStore } from './board-store.ts';
import type { BoardElement, ElementId } from './model/element.ts';
import type { Place } from './model/geometry.ts';
import type { LiveSignals } from './live-signals.ts';
import type { Desk, Drag, EditedText, Keys, Sample } from './tools/desk.ts';
import { PointerRouter, type PointerFacts } from './tools/pointer-router.ts';
import { groupOf, isShape, type ShapeName, type ToolName } from './tools/tool-names.ts';
import { initialOptions, type ToolOptions } from './tools/tool-options.ts';
import { tools } from './tools/tools.ts';
import type { BoardCamera } from './use-board-view.ts';

/** How far a press may miss, in pixels of the screen. */
const REACH: Readonly<Record<PointerFacts['kind'], number>> = { mouse: 8, pen: 10, touch: 16 };
/** After these one goes on with what was made. */
const isOnce = (tool: ToolName) => tool === 'text' || tool === 'note' || tool === 'image';

export interface ToolsOptions {
  camera: BoardCamera;
  store: BoardStore;
  live: LiveSignals;
  isReadOnly: () => boolean;
  edit: (text: EditedText) => void;
  pickImage: (at: Place) => void;
}

/** The chosen tool, how it draws, what is selected, and what pointers do with all that. */
export function useTools({ camera, store, live, isReadOnly, edit, pickImage }: ToolsOptions) {
  const { view } = camera;
  const chosen = shallowRef<ToolName>('pen');
  const shape = shallowRef<ShapeName>('rectangle');
  const options = reactive(initialOptions());
  const selection = shallowRef<readonly ElementId[]>([]);
  const tool = computed<ToolName>(() => (isReadOnly() ? 'hand' : chosen.value));
  let reach = REACH.mouse;
  /** Where on the screen the pointer went down. */
  let pressed: Place = { x: 0, y: 0 };
  let keys: Keys = { isShift: false };
  let drag: Drag | undefined;
  let isSpaceHeld = false;

  const showSelection = () => {
    const now = view.value;
    if (!now) return;
    const bounds = now.boundsOf(selection.value);
    now.live.selection = bounds && { bounds, hasHandles: true };
  };
  const select = (ids: readonly ElementId[]) => {
    selection.value = ids.filter((id) => store.board.get(id)?.pageId === store.pageId);
    showSelection();
  };
  // What is on the page changes under a selection: parts of it go, or move.
  watch(
    () => [store.elements, store.pageId, view.value],
    () => select(selection.value),
  );

  const desk: Desk = {
    get board() {
      return store.board;
    },
    get pageId() {
      return store.pageId;
    },
    get options() {
      return options[groupOf(tool.value)];
    },
    get reach() {
      return reach / (view.value?.camera.zoom ?? 1);
    },
    get selection() {
      return selection.value;
    },
    get visible() {
      return view.value?.visible ?? { x: 0, y: 0, width: Infinity, height: Infinity };
    },
    touched: (from, to, tolerance) => view.value?.touched(from, to, tolerance) ?? [],
    within: (rect) => view.value?.within(rect) ?? [],
    boundsOf: (ids) => view.value?.boundsOf(ids),
    handleAt: () => view.value?.handleAt(pressed, reach),
    select,
    change: (work) => store.change(work),
    showStroke(stroke) {
      if (!view.value) return;
      view.value.live.stroke = stroke && { ...stroke, points: stroke.capture.points };
      live.draw(stroke, performance.now());
    },
    showDraft(draft) {
      if (view.value) view.value.live.draft = draft;
    },
    showMarquee(rect) {
      if (view.value) view.value.live.marquee = rect;
    },
    showLaser(places) {
      view.value?.live.point('', 'red', places);
      live.point(places);
    },
    edit: (text) => {
      edit(text);
      if (isOnce(tool.value)) choose('select');
    },
    pickImage: (at) => {
      pickImage(at);
      choose('select');
    },
  };

  const sample = ({ x, y, pressure, at, kind }: PointerFacts): Sample => {
    const place = view.value?.toBoard({ x, y }) ?? { x, y };
    // A mouse says half for every press, and feels nothing.
    return { ...place, timeMs: at, ...(kind === 'pen' && { pressure }) };
  };
  const router = new PointerRouter({
    begin(pointer) {
      reach = REACH[pointer.kind];
      pressed = pointer;
      drag = tools[tool.value](sample(pointer), desk, keys);
    },
    extend: (pointers) => drag?.move(pointers.map(sample), keys),
    finish() {
      drag?.end();
      drag = undefined;
    },
    abort() {
      drag?.cancel();
      drag = undefined;
    },
    pan: camera.panBy,
    zoom: (at, factor) => camera.zoomBy(factor, at),
  });
  const tellRouter = () => (router.isPanning = tool.value === 'hand' || isSpaceHeld);
  watch(tool, tellRouter, { immediate: true });
  watch(isReadOnly, (isReadOnlyNow) => isReadOnlyNow && select([]));
  // What was begun on a page, or with a right, must not end without it.
  watch(
    () => [store.pageId, store.board, isReadOnly()],
    () => router.cancel(),
    { flush: 'sync' },
  );
  onBeforeUnmount(() => router.cancel());

  function choose(next: ToolName) {
    router.cancel();
    chosen.value = next;
    if (isShape(next)) shape.value = next;
    if (next !== 'select') select([]);
  }

  return {
    tool,
    shape,
    options: computed(() => options[groupOf(tool.value)]),
    selection: computed(() => selection.value),
    selected: computed((): readonly BoardElement[] => {
      // By id, since a page may hold ten thousand; and anew whenever something on it is another.
      const { board, elements } = store;
      return elements.length === 0 ? [] : selection.value.flatMap((id) => board.get(id) ?? []);
    }),
    router,
    choose,
    select,
    setOptions: (change: Partial<ToolOptions>) => Object.assign(options[groupOf(tool.value)], change),
    holdKeys: (now: Keys) => (keys = now),
    holdSpace: (isHeld: boolean) => {
      isSpaceHeld = isHeld;
      tellRouter();
    },
    /** Uses the tool without a pointer: from the middle of the view on, as large as fits well. */
    press: () => {
      const now = view.value;
      if (!now || tool.value === 'select') return;
      const { x, y, width, height } = now.visible;
      const zoom = now.camera.zoom;
      const start = { x: x + width / 2, y: y + height / 2, timeMs: 0 };
      const made = tools[tool.value](start, desk, keys);
      made.move([{ x: start.x + 160 / zoom, y: start.y + 120 / zoom, timeMs: 100 }], keys);
      made.end();
    },
  };
}

export type BoardTools = ReturnType<typeof useTools>;
