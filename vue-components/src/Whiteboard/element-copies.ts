import { fromBase64, toBase64 } from './base64.ts';
import { isRecord, toElement, type BoardElement, type PageId } from './model/element.ts';
import { newElementId } from './model/board-document.ts';

/** What copied elements are called among what is on the clipboard. */
export const COPIES_TYPE = 'application/x-chalkline-elements+json';

/** Elements as text, from the bottom to the top. */
export function writeCopies(elements: readonly BoardElement[]): string {
  return JSON.stringify(
    elements.map((element) =>
      'points' in element ? { ...element, points: toBase64(element.points) } : element,
    ),
  );
}

/** The elements that `text` holds, for a page, with ids of their own. Anybody may have written it: what is no element is left out. */
export function readCopies(text: string, pageId: PageId): BoardElement[] {
  const values = parsed(text);
  if (!Array.isArray(values)) return [];
  return values.flatMap((value: unknown) => {
    if (!isRecord(value)) return [];
    const points = typeof value.points === 'string' ? fromBase64(value.points) : undefined;
    return toElement({ ...value, id: newElementId(), pageId, ...(points && { points }) }) ?? [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
