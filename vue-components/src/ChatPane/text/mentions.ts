/** Someone whom a text may name, by the name as it is shown. */
export interface Mentionable {
  userId: string;
  name: string;
}

/** A piece of a text; `userId` is there where the piece names someone. */
export interface MentionPart {
  text: string;
  userId?: string;
}

const isWord = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** The pieces of `text` in order, `@name` of each of `people` on its own; of two names that begin alike the longer one counts. */
export function splitMentions(text: string, people: readonly Mentionable[]): MentionPart[] {
  const longestFirst = people.toSorted((a, b) => b.name.length - a.name.length);
  const parts: MentionPart[] = [];
  let plain = 0;
  const keepPlain = (end: number) => {
    if (end > plain) parts.push({ text: text.slice(plain, end) });
  };
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const found = longestFirst.find(
      ({ name }) => text.startsWith(name, at + 1) && !isWord(text[at + 1 + name.length]),
    );
    if (!found || isWord(text[at - 1])) continue;
    keepPlain(at);
    plain = at + 1 + found.name.length;
    parts.push({ text: text.slice(at, plain), userId: found.userId });
    at = plain - 1;
  }
  keepPlain(text.length);
  return parts;
}
