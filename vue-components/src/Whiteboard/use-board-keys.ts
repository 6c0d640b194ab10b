import type { BoardStore } from './board-store.ts';
import { isField } from './is-field.ts';
import type { Stacking } from './model/restack.ts';
import { moveBy } from './tools/select-tool.ts';
import { groupOf, toolKeys, toolNames, type ToolGroup } from './tools/tool-names.ts';
import type { BoardCamera } from './use-board-view.ts';
import type { BoardTools } from './use-tools.ts';

export interface BoardKeysOptions {
  store: BoardStore;
  tools: BoardTools;
  camera: BoardCamera;
  groups: () => readonly ToolGroup[];
  /** Whether the board may be changed. */
  canEdit: () => boolean;
  duplicate: () => void;
  reorder: (where: Stacking) => void;
  turnPage: (step: number) => void;
  remove: () => void;
  showShortcuts: () => void;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** On every keyboard, whatever its language: one step, and with Shift all the way. */
const STACKING: Readonly<Record<string, readonly [Stacking, Stacking]>> = {
  PageUp: ['forward', 'front'],
  PageDown: ['backward', 'back'],
};
const NUDGE = 4;
const LEAP = 40;
const PAN_PX = 60;
const ZOOM = 1.25;

/** Handlers for the keys of the board. Fields and buttons keep the keys that are theirs. */
export function useBoardKeys(options: BoardKeysOptions) {
  const { store, tools, camera, groups, canEdit, duplicate, reorder, remove, turnPage, showShortcuts } =
    options;

  /** @returns whether the key meant something. */
  function command({ key, shiftKey }: KeyboardEvent): boolean {
    const name = key.toLowerCase();
    if (!canEdit()) return false;
    if (name === 'z') (shiftKey ? store.redo : store.undo)();
    else if (name === 'y') store.redo();
    else if (name === 'd') duplicate();
    else if (name === 'a') {
      tools.choose('select');
      tools.select(store.elements.map(({ id }) => id));
    } else return false;
    return true;
  }

  const hasSelection = () => tools.selection.value.length > 0;

  function arrow([x, y]: readonly [number, number], isFar: boolean): void {
    if (!hasSelection()) {
      camera.panBy(-x * PAN_PX, -y * PAN_PX);
      return;
    }
    const step = isFar ? LEAP : NUDGE;
    store.change((board) =>
      board.update(
        tools.selected.value.map((element) => ({
          id: element.id,
          patch: moveBy(x * step, y * step)(element),
        })),
      ),
    );
  }

  /** Walks over what is on the page, from the bottom to the top. */
  function walk(step: number): void {
    const ids = store.elements.map(({ id }) => id);
    if (ids.length === 0) return;
    const at = ids.indexOf(tools.selection.value[0] ?? '');
    const next = at < 0 ? (step > 0 ? 0 : ids.length - 1) : (at + step + ids.length) % ids.length;
    tools.choose('select');
    tools.select([ids[next] ?? '']);
  }

  /** @returns whether the key meant something. */
  function plain(event: KeyboardEvent): boolean {
    const { key } = event;
    const direction = ARROWS[key];
    const stacking = STACKING[key];
    if (direction) arrow(direction, event.shiftKey);
    else if (stacking && hasSelection()) reorder(stacking[event.shiftKey ? 1 : 0]);
    else if (stacking) turnPage(key === 'PageUp' ? -1 : 1);
    else if (key === '+' || key === '=') camera.zoomBy(ZOOM);
    else if (key === '-') camera.zoomBy(1 / ZOOM);
    else if (key === '0') camera.fit();
    else if (key === '?') showShortcuts();
    else if (!canEdit()) return false;
    else if (key === 'Delete' || key === 'Backspace') remove();
    else if (key === 'Escape') {
      tools.router.cancel();
      tools.select([]);
    } else if (key === '.' || key === ',') walk(key === '.' ? 1 : -1);
    else if (key === 'Enter') tools.press();
    else {
      const tool = toolNames.find((name) => toolKeys[name] === key.toLowerCase());
      if (!tool || !groups().includes(groupOf(tool))) return false;
      tools.choose(tool);
    }
    return true;
  }

  return {
    onKeydown(event: KeyboardEvent): void {
      tools.holdKeys({ isShift: event.shiftKey });
      const { target } = event;
      const isOnCanvas = target instanceof HTMLElement && target.matches('[data-board-canvas]');
      if (isField(target) || event.altKey || event.isComposing) return;
      if (event.key === ' ' && isOnCanvas) {
        tools.holdSpace(true);
        event.preventDefault();
        return;
      }
      // The arrows of a bar or a choice, and a button's Enter, are its own.
      if (!isOnCanvas && (event.key in ARROWS || event.key === 'Enter')) return;
      if (event.ctrlKey || event.metaKey ? command(event) : plain(event)) event.preventDefault();
    },
    onKeyup(event: KeyboardEvent): void {
      tools.holdKeys({ isShift: event.shiftKey });
      if (event.key === ' ') tools.holdSpace(false);
    },
  };
}
