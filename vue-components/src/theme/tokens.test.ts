// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

type Rgb = readonly [number, number, number];
type Tokens = Record<string, string>;

const block = (text: string): Tokens => {
  const tokens: Tokens = {};
  for (const [, name = '', value = ''] of text.matchAll(/--chalkline-([\w-]+):\s*([^;]+);/g))
    tokens[name] = value;
  return tokens;
};
const after = (selector: string): string => {
  const start = css.indexOf(selector);
  if (start < 0) throw new Error(`there is no ${selector} in the tokens`);
  return css.slice(start, css.indexOf('}', start));
};

const light = block(after(":where(:root, [data-theme='light'])"));
const dark = block(after(":where([data-theme='dark'])"));
const systemDark = block(after(":where(:root:not([data-theme='light']))"));

const linear = (channel: number) =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
function rgb(hex: string | undefined): Rgb {
  const match = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/.exec(hex ?? '');
  if (!match) throw new Error(`${hex ?? 'nothing'} is no colour of six hex digits`);
  return match.slice(1).map((digits) => linear(parseInt(digits, 16) / 255)) as unknown as Rgb;
}

/** WCAG 2.2's contrast of two colours. */
function contrast(a: string | undefined, b: string | undefined): number {
  const [x, y] = [a, b].map((hex) => {
    const [red, green, blue] = rgb(hex);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  }) as [number, number];
  return x > y ? x / y : y / x;
}

type Matrix = readonly [Rgb, Rgb, Rgb];
const times = (matrix: Matrix, [x, y, z]: Rgb): Rgb =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Rgb;

/** Machado et al. 2009, severity 1, on linear RGB. */
const sight: Record<string, Matrix> = {
  'full colour sight': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** Ottosson's OKLab, where distances are about as large as they look. */
function oklab(color: Rgb): Rgb {
  const [l, m, s] = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    color.map((channel) => Math.max(0, channel)) as unknown as Rgb,
  ).map(Math.cbrt) as unknown as Rgb;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [l, m, s],
  );
}

const members = (theme: Tokens) => Array.from({ length: 12 }, (_, index) => theme[`member-${index + 1}`]);

it('says the dark set twice in the same words: for the system and for the attribute', () => {
  expect(systemDark).toEqual(dark);
});

it('has the same names in both themes', () => {
  expect(Object.keys(dark).sort()).toEqual(Object.keys(light).sort());
});

it('weighs nothing, so that a host app overrides a token with any selector', () => {
  const selectors = css
    .replace(/\/\*[^]*?\*\//g, '')
    .split('\n')
    .filter((line) => line.trimEnd().endsWith('{') && !line.startsWith('@'))
    .map((line) => line.trim());
  expect(selectors.length).toBeGreaterThan(3);
  expect(selectors.filter((selector) => !/^:where\(.*\) \{$/.test(selector))).toEqual([]);
});

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s theme', (_, theme) => {
  it.each(['surface', 'raised', 'sunken', 'own'])('keeps text readable on %s', (ground) => {
    for (const ink of ['text', 'muted']) expect(contrast(theme[ink], theme[ground])).toBeGreaterThan(4.5);
  });

  it.each(['accent', 'danger', 'warn', 'ok'])('keeps %s readable as a word', (ink) => {
    for (const ground of ['surface', 'raised'])
      expect(contrast(theme[ink], theme[ground])).toBeGreaterThan(4.5);
  });

  it('keeps the word on an accent button readable, and edges and focus visible', () => {
    expect(contrast(theme['on-accent'], theme.accent)).toBeGreaterThan(4.5);
    for (const line of ['edge', 'focus']) {
      for (const ground of ['surface', 'raised'])
        expect(contrast(theme[line], theme[ground])).toBeGreaterThan(3);
    }
  });

  it('keeps each member colour readable as a name and under an initial', () => {
    for (const color of members(theme)) {
      for (const ground of ['surface', 'raised', 'sunken'])
        expect(contrast(color, theme[ground])).toBeGreaterThan(4.5);
      expect(contrast(theme['on-member'], color)).toBeGreaterThan(4.5);
    }
  });

  it.each(Object.entries(sight))('has twelve member colours that are told apart with %s', (__, matrix) => {
    const seen = members(theme).map((color) => oklab(times(matrix, rgb(color))));
    for (const [index, a] of seen.entries()) {
      for (const b of seen.slice(index + 1)) {
        // Twice the smallest difference that is seen side by side, which is about 0.02.
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(0.045);
      }
    }
  });
});
