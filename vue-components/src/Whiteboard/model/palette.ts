/** The colours that a style names. A theme gives each its own look, so that ink drawn on light paper is read on dark. */
export const palette = ['black', 'grey', 'red', 'orange', 'yellow', 'green', 'blue', 'violet'] as const;

export type PaletteColor = (typeof palette)[number];

/** A name (one that this version does not know is drawn as black) or `#rrggbb`, which is the same in every theme. */
export function isColor(value: unknown): value is string {
  return typeof value === 'string' && /^(#[\da-f]{6}|[a-z]{1,16})$/i.test(value);
}
