import { Lexer, Tokenizer, type Token, type Tokens } from 'marked';

/** Deeper quotes and lists than anybody writes; a thousand of them would only be there to exhaust the reader. */
const DEEPEST = 6;

const isWord = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/**
 * The part of Markdown that a chat speaks: bold, italic, struck out, code, lists, quotes, links. What is left out stays the
 * text that it is: HTML, headings, pictures, tables, rules, backslashes.
 */
class ChatTokenizer extends Tokenizer {
  #depth = 0;

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#nested(() => super.blockquote(src));
  }

  override list(src: string): Tokens.List | undefined {
    // "+ 3" begins a sum more often than a list.
    return src.trimStart().startsWith('+') ? undefined : this.#nested(() => super.list(src));
  }

  /** Marks inside a word are none: `2*3*4` is a product. */
  override emStrong(src: string, maskedSrc: string, previous = ''): Tokens.Em | Tokens.Strong | undefined {
    const before = previous.at(-1);
    // The same mark before: the rest of a run that was refused as a whole.
    if (isWord(before) || before === src[0]) return undefined;
    const token = super.emStrong(src, maskedSrc, previous);
    return token && isWord(src[token.raw.length]) ? undefined : token;
  }

  override del(src: string, maskedSrc: string, previous = ''): Tokens.Del | undefined {
    // One tilde says "about".
    return src.startsWith('~~') ? super.del(src, maskedSrc, previous) : undefined;
  }

  override link(src: string): Tokens.Link | Tokens.Image | undefined {
    return src.startsWith('!') ? undefined : super.link(src);
  }

  override code(): undefined {}
  override heading(): undefined {}
  override lheading(): undefined {}
  override hr(): undefined {}
  override html(): undefined {}
  override tag(): undefined {}
  override def(): undefined {}
  override reflink(): undefined {}
  override table(): undefined {}
  override escape(): undefined {}

  #nested<T>(read: () => T): T | undefined {
    if (this.#depth === DEEPEST) return undefined;
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }
}

/** The blocks of a message. */
export function readMarkdown(text: string): Token[] {
  return new Lexer({ tokenizer: new ChatTokenizer(), gfm: true }).lex(text);
}
