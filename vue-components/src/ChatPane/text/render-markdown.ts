import type { MarkedToken, Token } from 'marked';
import { h, type VNodeChild } from 'vue';
import { readMarkdown } from './chat-lexer.ts';
import { safeLink } from './safe-link.ts';

/**
 * A message's Markdown as elements. There is no HTML on the way that would need cleaning: each kind of token becomes one of
 * the elements below, and whatever is none of them is shown as the text that was written.
 *
 * @param leaf what stands for a piece of plain text.
 */
export function renderMarkdown(text: string, leaf: (text: string) => VNodeChild): VNodeChild[] {
  const children = (tokens: readonly Token[] | undefined, raw: string): VNodeChild[] =>
    tokens ? tokens.map((token) => element(token as MarkedToken)) : [leaf(raw)];

  const element = (token: MarkedToken): VNodeChild => {
    switch (token.type) {
      case 'space':
        return null;
      case 'paragraph':
        return h('p', children(token.tokens, token.raw));
      case 'text':
        return children(token.tokens, token.text);
      case 'strong':
        return h('strong', children(token.tokens, token.text));
      case 'em':
        return h('em', children(token.tokens, token.text));
      case 'del':
        return h('del', children(token.tokens, token.text));
      case 'br':
        return '\n';
      case 'codespan':
        return h('code', { dir: 'ltr' }, token.text);
      case 'code':
        return h('pre', { dir: 'ltr' }, h('code', token.text));
      case 'blockquote':
        return h('blockquote', children(token.tokens, token.text));
      case 'list':
        return h(
          token.ordered ? 'ol' : 'ul',
          token.ordered ? { start: token.start } : {},
          token.items.map((item) => h('li', children(item.tokens, item.text))),
        );
      case 'link':
        return link(token.href, token.text, token.raw, children(token.tokens, token.text));
      default:
        return leaf(token.raw);
    }
  };

  const link = (href: string, words: string, raw: string, label: VNodeChild[]): VNodeChild => {
    const safe = safeLink(href, words);
    if (!safe) return leaf(raw);
    const anchor = h(
      'a',
      { href: safe.href, target: '_blank', rel: 'noopener noreferrer nofollow', dir: 'auto' },
      label,
    );
    return safe.target === undefined
      ? anchor
      : [anchor, ' ', h('bdi', { class: 'target', dir: 'ltr' }, `(${safe.target})`)];
  };

  return readMarkdown(text).map((token) => element(token as MarkedToken));
}
