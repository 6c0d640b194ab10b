import type { PathSink } from './outline.ts';

/** Collects a path as the text that SVG takes. */
export class SvgPath implements PathSink {
  #text = '';

  get text(): string {
    return this.#text;
  }

  moveTo(...place: number[]): void {
    this.#add('M', place);
  }
  lineTo(...place: number[]): void {
    this.#add('L', place);
  }
  quadraticCurveTo(...places: number[]): void {
    this.#add('Q', places);
  }
  bezierCurveTo(...places: number[]): void {
    this.#add('C', places);
  }
  closePath(): void {
    this.#text += 'Z';
  }

  #add(command: string, numbers: readonly number[]): void {
    this.#text += command + numbers.map(short).join(' ');
  }
}

/** A hundredth of a pixel is finer than any print. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text as XML holds it, in an element or an attribute; what XML cannot hold at all is left out. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
