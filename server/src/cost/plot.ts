import { awsBill, providerBills, providerNames } from './bills.ts';
import { providers, totalOf, VOLUMES, type Terms } from './comparison.ts';
import type { TrafficAt } from './traffic.ts';

interface Line {
  name: string;
  /** The class that gives it its colour. */
  hue: string;
  /** Dollars a class-hour at each of `VOLUMES`. */
  values: readonly number[];
}

const WIDTH = 860;
const HEIGHT = 420;
const BOX = { left: 64, right: 210, top: 52, bottom: 48 };
/** On light and on dark pages, told apart by lightness too; the first is ours. */
const COLORS = {
  light: ['#d2602e', '#2b5f9e', '#7aa6d8', '#3f7d53', '#8fbf9a', '#8a6bb0'],
  dark: ['#f08c58', '#9cc4f4', '#5c8fcb', '#98d6ab', '#5a9870', '#c0a5e6'],
};
const LEAST_GAP = 16;

/** What a class-hour costs on AWS and at each provider, by class-hours a month: an SVG for light and dark pages. */
export function costPlot(title: string, at: TrafficAt, { deployment, prices }: Terms): string {
  const own = VOLUMES.map((hours) => totalOf(awsBill(at(hours), deployment, prices)) / hours);
  const lines: Line[] = [
    { name: 'Chalkline on AWS', values: own },
    ...providers.map((provider) => ({
      name: providerNames[provider],
      values: VOLUMES.map((hours) => providerBills(at(hours), prices)[provider] / hours),
    })),
  ].map((line, index) => ({ ...line, hue: `c${index}` }));
  const all = lines.flatMap(({ values }) => values);
  const low = Math.floor(Math.log10(Math.min(...all)));
  const high = Math.ceil(Math.log10(Math.max(...all)));
  const [first = 1, last = 1] = [VOLUMES[0], VOLUMES.at(-1)];
  const x = (hours: number): number =>
    BOX.left + (Math.log10(hours / first) / Math.log10(last / first)) * (WIDTH - BOX.left - BOX.right);
  const y = (dollars: number): number =>
    HEIGHT - BOX.bottom - ((Math.log10(dollars) - low) / (high - low)) * (HEIGHT - BOX.top - BOX.bottom);

  const decades = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
  const right = WIDTH - BOX.right;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    `<title>${title}</title>`,
    `<style>text{font:13px system-ui,sans-serif;fill:#3b3a36}.page{fill:#fbfaf7}.grid{stroke:#dedad1}`,
    `polyline{fill:none;stroke-width:2}.c0{stroke-width:3.5}${strokes(COLORS.light)}`,
    `@media(prefers-color-scheme:dark){text{fill:#d8d5cc}.page{fill:#23262a}.grid{stroke:#3d4248}${strokes(COLORS.dark)}}</style>`,
    `<rect class="page" width="100%" height="100%" rx="8"/>`,
    `<text x="${BOX.left}" y="28" style="font-size:15px;font-weight:600">${title}</text>`,
    ...decades(low, high).map(
      (dollars) =>
        `<line class="grid" x1="${BOX.left}" x2="${right}" y1="${fixed(y(dollars))}" y2="${fixed(y(dollars))}"/>` +
        `<text x="${BOX.left - 8}" y="${fixed(y(dollars) + 4)}" text-anchor="end">$${dollars < 1 ? dollars.toFixed(-Math.log10(dollars)) : dollars}</text>`,
    ),
    ...decades(Math.log10(first), Math.log10(last)).map(
      (hours) =>
        `<text x="${fixed(x(hours))}" y="${HEIGHT - BOX.bottom + 20}" text-anchor="middle">${hours.toLocaleString('en')}</text>`,
    ),
    `<text x="${(BOX.left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">class-hours a month</text>`,
    ...lines.map(({ hue, values }) => {
      const points = values.map((value, at) => `${fixed(x(VOLUMES[at] ?? first))},${fixed(y(value))}`);
      return `<polyline class="${hue}" points="${points.join(' ')}"/>`;
    }),
    ...namesApart(lines, y).map(
      ({ line, at }) =>
        `<line x1="${right + 6}" x2="${right + 20}" y1="${fixed(at)}" y2="${fixed(at)}" class="${line.hue}" style="stroke-width:3"/>` +
        `<text x="${right + 26}" y="${fixed(at + 4)}">${line.name}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

/** Each name at the end of its line, or as near as the others let it. */
function namesApart(lines: readonly Line[], y: (dollars: number) => number): { line: Line; at: number }[] {
  const named = lines.map((line) => ({ line, at: y(line.values.at(-1) ?? 1) })).sort((a, b) => a.at - b.at);
  let lowest = -Infinity;
  for (const name of named) {
    name.at = Math.max(name.at, lowest + LEAST_GAP);
    lowest = name.at;
  }
  return named;
}

const strokes = (colors: readonly string[]): string =>
  colors.map((color, index) => `.c${index}{stroke:${color}}`).join('');

const fixed = (value: number): string => value.toFixed(1);
