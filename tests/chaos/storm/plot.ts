/** One figure a second, as bars of text; `line` marks the most that there should be. */
export function textPlot(title: string, perSecond: readonly number[], line: number): string {
  const width = 60;
  const most = Math.max(line, ...perSecond);
  const rows = perSecond.map((count, second) => {
    const bar = '█'.repeat(Math.round((count / most) * width));
    const mark = Math.round((line / most) * width);
    const row = bar.length > mark ? bar : `${bar.padEnd(mark)}│`;
    return `${String(second).padStart(4)} s ${String(count).padStart(5)} ${row}`;
  });
  return [`${title} (│ = ${line})`, ...rows].join('\n');
}

interface Series {
  name: string;
  color: string;
  perSecond: readonly number[];
}

/** The same as an SVG, several series beside each other. */
export function svgPlot(title: string, series: readonly Series[], line: number): string {
  const [width, height, left, bottom] = [800, 360, 60, 40];
  const seconds = Math.max(1, ...series.map(({ perSecond }) => perSecond.length));
  const most = Math.max(line, ...series.flatMap(({ perSecond }) => perSecond)) * 1.1;
  const step = (width - left - 20) / seconds;
  const y = (count: number): number => height - bottom - (count / most) * (height - bottom - 50);
  const bars = series.flatMap(({ color, perSecond }, index) =>
    perSecond.map((count, second) => {
      const barWidth = (step * 0.8) / series.length;
      const x = left + second * step + index * barWidth;
      return `<rect x="${x.toFixed(1)}" y="${y(count).toFixed(1)}" width="${barWidth.toFixed(1)}" height="${(height - bottom - y(count)).toFixed(1)}" fill="${color}"/>`;
    }),
  );
  const legend = series.map(
    ({ name, color }, index) =>
      `<rect x="${left + index * 160}" y="28" width="12" height="12" fill="${color}"/><text x="${left + 18 + index * 160}" y="38">${name}</text>`,
  );
  const ticks = Array.from({ length: seconds }, (_, second) => second)
    .filter((second) => second % Math.ceil(seconds / 20) === 0)
    .map(
      (second) =>
        `<text x="${(left + second * step).toFixed(1)}" y="${height - bottom + 18}">${second}</text>`,
    );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/><text x="${left}" y="18" font-size="14">${title}</text>`,
    ...legend,
    ...bars,
    `<line x1="${left}" x2="${width - 20}" y1="${y(line).toFixed(1)}" y2="${y(line).toFixed(1)}" stroke="#c00" stroke-dasharray="4"/>`,
    `<text x="8" y="${(y(line) + 4).toFixed(1)}" fill="#c00">${line}/s</text>`,
    ...ticks,
    `<text x="${width / 2}" y="${height - 6}">seconds since the drop</text></svg>`,
  ].join('\n');
}
