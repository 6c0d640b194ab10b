import type { BoardElement } from '../model/element.ts';

type Texts = Extract<BoardElement, { text: string }>;

export interface TextLayout {
  lines: readonly string[];
  lineHeight: number;
  /** Which way its first letter runs, as in the field that it is written in. */
  direction: 'ltr' | 'rtl';
  /** From the first line's top to the last one's end. */
  height: number;
}

/** Between a note's edge and its text, in px. */
export const NOTE_PADDING = 12;
export const NOTE_RADIUS = 6;
const LINE = 1.3;
const RIGHT_TO_LEFT = /^\P{L}*[\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}]/u;

let context: OffscreenCanvasRenderingContext2D | null | undefined;
const layouts = new WeakMap<Texts, { font: string; layout: TextLayout }>();

/** The lines of a text or note in its width: broken at spaces, and within a word only where it has no other room. */
export function layoutText(element: Texts, font: string): TextLayout {
  const known = layouts.get(element);
  if (known?.font === font) return known.layout;
  const room = element.width - (element.kind === 'note' ? 2 * NOTE_PADDING : 0);
  const measure = measureWith(`${element.fontSize}px ${font}`);
  const lines = element.text
    .split('\n')
    .flatMap((line) => wrap(line, Math.max(element.fontSize, room), measure));
  const lineHeight = element.fontSize * LINE;
  const direction = RIGHT_TO_LEFT.test(element.text) ? 'rtl' : 'ltr';
  const layout: TextLayout = { lines, lineHeight, direction, height: lines.length * lineHeight };
  layouts.set(element, { font, layout });
  return layout;
}

/** How high the whole element is, a note's paper included. */
export function heightOf(element: Texts, font: string): number {
  const padding = element.kind === 'note' ? 2 * NOTE_PADDING : 0;
  return Math.max(element.height ?? 0, layoutText(element, font).height + padding);
}

export function wrap(line: string, room: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\s)(?=\S)/)) {
    if (measure((current + word).trimEnd()) <= room) {
      current += word;
      continue;
    }
    if (current !== '') lines.push(current.trimEnd());
    current = '';
    // By whole characters as people see them would need a segmenter; by code points no pair is torn.
    for (const character of word) {
      if (current !== '' && measure((current + character).trimEnd()) > room) {
        lines.push(current);
        current = '';
      }
      current += character;
    }
  }
  lines.push(current.trimEnd());
  return lines;
}

function measureWith(font: string): (text: string) => number {
  context ??= new OffscreenCanvas(1, 1).getContext('2d');
  const canvas = context;
  if (!canvas) return (text) => text.length;
  return (text) => {
    canvas.font = font;
    return canvas.measureText(text).width;
  };
}
