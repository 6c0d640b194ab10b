import { palette, type PaletteColor } from '../model/palette.ts';

/** What the board looks like in one theme. */
export interface ThemeColors {
  /** Ink is light and paper dark: highlighters lighten instead of darkening. */
  readonly isDark: boolean;
  readonly paper: string;
  /** The lines of grid and ruled paper. */
  readonly line: string;
  /** Selection and handles. */
  readonly accent: string;
  readonly muted: string;
  /** A font family as CSS says it. */
  readonly font: string;
  /** Pens, text and edges. */
  readonly ink: Readonly<Record<PaletteColor, string>>;
  /** Notes and filled shapes: calm enough to read ink on. */
  readonly tint: Readonly<Record<PaletteColor, string>>;
  /** Highlighters. */
  readonly marker: Readonly<Record<PaletteColor, string>>;
}

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

export const lightColors: ThemeColors = {
  isDark: false,
  paper: '#fffefb',
  line: '#e6e1d6',
  accent: '#265c88',
  muted: '#635c50',
  font,
  ink: {
    black: '#26231e',
    grey: '#7a7468',
    red: '#c0321f',
    orange: '#c75f0a',
    yellow: '#b98900',
    green: '#2c7a4b',
    blue: '#1f66ad',
    violet: '#7546a8',
  },
  tint: {
    black: '#d9d4ca',
    grey: '#ebe7de',
    red: '#fbdcd5',
    orange: '#fde3c8',
    yellow: '#fff0ad',
    green: '#d8eeda',
    blue: '#d6e8f8',
    violet: '#e9ddf6',
  },
  marker: {
    black: '#bdb8ae',
    grey: '#d8d3c9',
    red: '#ffb3a8',
    orange: '#ffc98a',
    yellow: '#ffea61',
    green: '#b4eba5',
    blue: '#a9d8ff',
    violet: '#d9bcff',
  },
};

export const darkColors: ThemeColors = {
  isDark: true,
  paper: '#23272a',
  line: '#363c40',
  accent: '#9cc4e4',
  muted: '#b1aea6',
  font,
  ink: {
    black: '#ede9e1',
    grey: '#a5a199',
    red: '#ff8b78',
    orange: '#ffab5e',
    yellow: '#f2d060',
    green: '#84d29c',
    blue: '#86bff2',
    violet: '#c6a3f0',
  },
  tint: {
    black: '#4b4e50',
    grey: '#3a3f42',
    red: '#57332e',
    orange: '#573f28',
    yellow: '#534a22',
    green: '#2b4a35',
    blue: '#2a4459',
    violet: '#443559',
  },
  marker: {
    black: '#6b6b68',
    grey: '#4d4f50',
    red: '#7a2a20',
    orange: '#75430f',
    yellow: '#6b5a00',
    green: '#1f5e2f',
    blue: '#1c5280',
    violet: '#553080',
  },
};

/** The colour that a style's name has there; `#rrggbb` stays what it is. */
export function colorOf(shades: ThemeColors['ink'], name: string): string {
  if (name.startsWith('#')) return name;
  return shades[palette.find((color) => color === name) ?? 'black'];
}
