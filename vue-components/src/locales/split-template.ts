/** A piece of a filled template: words of the locale, or a value such as a member's name. */
export interface TemplatePart {
  text: string;
  isValue: boolean;
}

/** The pieces of `template` in order, with `{name}` replaced by `values.name`; an unknown name stays as it is written. */
export function splitTemplate(template: string, values: Readonly<Record<string, string>>): TemplatePart[] {
  return template
    .split(/(\{\w+\})/)
    .filter((text) => text !== '')
    .map((text) => {
      const value = text.startsWith('{') ? values[text.slice(1, -1)] : undefined;
      return value === undefined ? { text, isValue: false } : { text: value, isValue: true };
    });
}

/** The same as one string, for places that hold no markup, such as `aria-label`. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return splitTemplate(template, values)
    .map((part) => part.text)
    .join('');
}
