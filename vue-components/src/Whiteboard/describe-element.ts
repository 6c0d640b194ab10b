import { fillTemplate } from '../locales/split-template.ts';
import type { BoardElement } from './model/element.ts';
import type { WhiteboardLocale } from './whiteboard-locale.ts';

const LONGEST_TEXT = 120;

/** An element in words; ink by its number, because a stroke alone says nothing. */
export function describeElement(element: BoardElement, locale: WhiteboardLocale): string {
  switch (element.kind) {
    case 'ink':
    case 'highlight':
      return locale.strokes(1);
    case 'line':
    case 'arrow':
    case 'rectangle':
    case 'ellipse':
      return locale.tool[element.kind];
    case 'text':
    case 'note':
      return fillTemplate(locale.described, {
        what: locale.tool[element.kind],
        text: element.text.slice(0, LONGEST_TEXT),
      });
    case 'image':
      return element.alt === undefined || element.alt === ''
        ? locale.tool.image
        : fillTemplate(locale.described, { what: locale.tool.image, text: element.alt });
    default:
      return element satisfies never;
  }
}

/** One line of the text list of a page. */
export interface OutlineLine {
  key: string;
  authorId: string;
  what: string;
}

/** What is on a page in words: each element, and of ink how many strokes each author made. */
export function outlineOf(elements: readonly BoardElement[], locale: WhiteboardLocale): OutlineLine[] {
  const strokes = new Map<string, number>();
  const lines: OutlineLine[] = [];
  for (const element of elements) {
    const { id, authorId } = element;
    if ('points' in element) strokes.set(authorId, (strokes.get(authorId) ?? 0) + 1);
    else lines.push({ key: id, authorId, what: describeElement(element, locale) });
  }
  for (const [authorId, count] of strokes) {
    lines.push({ key: `ink of ${authorId}`, authorId, what: locale.strokes(count) });
  }
  return lines;
}
