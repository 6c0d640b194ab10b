import * as Y from 'yjs';
import { boundsOf } from '../canvas/bounds.ts';
import type { Handle } from '../canvas/handles.ts';
import type { Draft } from '../canvas/live-layer.ts';
import { BoardDocument } from '../model/board-document.ts';
import type { BoardElement, ElementId } from '../model/element.ts';
import { contains, union, type Place, type Rect } from '../model/geometry.ts';
import { FIRST_PAGE } from '../model/page-list.ts';
import { touches } from '../model/touches.ts';
import type { Desk, EditedText, Keys, OwnStroke, Sample } from '../tools/desk.ts';
import { groupOf, type ToolName } from '../tools/tool-names.ts';
import { initialOptions } from '../tools/tool-options.ts';
import { tools } from '../tools/tools.ts';

const FONT = 'sans-serif';

/** A desk with a real board and no canvas; what a tool shows is kept for the test. */
export class TestDesk implements Desk {
  readonly board: BoardDocument;
  readonly pageId = FIRST_PAGE;
  readonly reach = 8;
  readonly all = initialOptions();
  options = this.all.pen;
  selection: readonly ElementId[] = [];
  visible: Rect = { x: 0, y: 0, width: 1280, height: 720 };
  handle: Handle | undefined;
  stroke: OwnStroke | undefined;
  draft: Draft | undefined;
  marquee: Rect | undefined;
  edited: EditedText | undefined;
  readonly lasers: Place[] = [];
  readonly asked: Place[] = [];

  constructor(doc = new Y.Doc(), authorId = 'ada') {
    this.board = new BoardDocument(doc, { authorId });
  }

  get elements(): readonly BoardElement[] {
    return this.board.elements(this.pageId);
  }

  /** A rectangle from corner to corner. */
  box(x: number, y: number, width = 100, height = 100): ElementId {
    return this.board.add({
      kind: 'rectangle',
      pageId: this.pageId,
      width,
      height,
      style: { color: 'blue', width: 2 },
      transform: { x, y, scaleX: 1, scaleY: 1 },
    });
  }

  /** Presses `tool` at the first place, goes over the others, and lets go, unless it is to be `cancel`led. */
  drag(
    tool: ToolName,
    [first = [0, 0], ...others]: readonly (readonly [number, number])[],
    { isShift = false, isCancelled = false }: Partial<Keys> & { isCancelled?: boolean } = {},
  ): void {
    const sample = ([x, y]: readonly [number, number], index: number): Sample => ({
      x,
      y,
      timeMs: index * 16,
    });
    this.options = this.all[groupOf(tool)];
    const drag = tools[tool](sample(first, 0), this, { isShift });
    for (const [index, place] of others.entries()) drag.move([sample(place, index + 1)], { isShift });
    if (isCancelled) drag.cancel();
    else drag.end();
  }

  handleAt = (): Handle | undefined => this.handle;
  change = (work: () => void): void => work();
  select = (ids: readonly ElementId[]): void => void (this.selection = ids);
  showStroke = (stroke: OwnStroke | undefined): void => void (this.stroke = stroke);
  showDraft = (draft: Draft | undefined): void => void (this.draft = draft);
  showMarquee = (rect: Rect | undefined): void => void (this.marquee = rect);
  showLaser = (places: readonly Place[]): void => void this.lasers.push(...places);
  edit = (text: EditedText): void => void (this.edited = text);
  pickImage = (at: Place): void => void this.asked.push(at);

  touched(from: Place, to: Place, tolerance: number): ElementId[] {
    return this.elements
      .filter((element) => touches(element, boundsOf(element, FONT), from, to, tolerance))
      .map(({ id }) => id);
  }

  within(rect: Rect): ElementId[] {
    return this.elements.filter((element) => contains(rect, boundsOf(element, FONT))).map(({ id }) => id);
  }

  boundsOf(ids: readonly ElementId[]): Rect | undefined {
    return union(
      this.elements.filter(({ id }) => ids.includes(id)).map((element) => boundsOf(element, FONT)),
    );
  }
}
