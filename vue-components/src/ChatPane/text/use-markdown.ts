import { shallowRef, type ShallowRef } from 'vue';
import type { renderMarkdown } from './render-markdown.ts';

type Render = typeof renderMarkdown;

const renderer = shallowRef<Render>();
let isLoading = false;

// What Markdown begins with. Most messages have none of it, and are shown without the parser.
const marks = /[*_`~[]|^\s*(>|[-*]\s|\d{1,9}[.)]\s)|https?:|www\.|\S@\S+\.\S/im;

/** Whether `text` holds anything that the parser would make something of. */
export function hasMarkdown(text: string): boolean {
  return marks.test(text);
}

/**
 * The Markdown parser, once the page has it: it is loaded when the first message asks for it, and not with the chat. Until
 * then, and where it cannot be had, texts are shown as they were written.
 */
export function useMarkdown(): Readonly<ShallowRef<Render | undefined>> {
  if (renderer.value === undefined && !isLoading) {
    isLoading = true;
    const forget = () => (isLoading = false);
    void import('./render-markdown.ts').then((module) => (renderer.value = module.renderMarkdown), forget);
  }
  return renderer;
}
