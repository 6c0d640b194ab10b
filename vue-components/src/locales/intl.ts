const dayNumber = (at: number) => new Date(at).setHours(12, 0, 0, 0);

// Made on first use and kept: a formatter is a hundred times dearer than what it formats.
let timeFormat: Intl.DateTimeFormat | undefined;

/** A moment of the day. Hours follow the reader's own settings: a 24-hour clock is a habit of places, not of languages. */
export function time(at: number): string {
  return (timeFormat ??= new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })).format(at);
}

/** Names days as a chat's dividers do: today, yesterday, then by weekday and date. */
export function dayOf(language: string): (at: number, now: number) => string {
  let relative: Intl.RelativeTimeFormat | undefined;
  let absolute: Intl.DateTimeFormat | undefined;
  return (at, now) => {
    // Rounded, because a day of the clock change has 23 or 25 hours.
    const daysAgo = Math.round((dayNumber(now) - dayNumber(at)) / 86_400_000);
    const isNear = daysAgo === 0 || daysAgo === 1;
    const text = isNear
      ? (relative ??= new Intl.RelativeTimeFormat(language, { numeric: 'auto' })).format(-daysAgo, 'day')
      : (absolute ??= new Intl.DateTimeFormat(language, {
          weekday: 'long',
          day: 'numeric',
          month: 'long',
        })).format(at);
    return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
  };
}

/** A sentence for each plural of a language; `#` is the number. */
export type Plurals = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Counts things: `counting('en', { one: '# member', other: '# members' })`. */
export function counting(language: string, plurals: Plurals): (count: number) => string {
  let rules: Intl.PluralRules | undefined;
  let number: Intl.NumberFormat | undefined;
  return (count) => {
    const sentence = plurals[(rules ??= new Intl.PluralRules(language)).select(count)] ?? plurals.other;
    return sentence.replace('#', (number ??= new Intl.NumberFormat(language)).format(count));
  };
}

/** Writes numbers as a language does. */
export function numbering(language: string): (value: number) => string {
  let format: Intl.NumberFormat | undefined;
  return (value) => (format ??= new Intl.NumberFormat(language)).format(value);
}

/** Lists names as a language does: `Ada, Ben and Chen`. */
export function listing(language: string): (names: readonly string[]) => string {
  let format: Intl.ListFormat | undefined;
  return (names) => (format ??= new Intl.ListFormat(language)).format(names);
}
