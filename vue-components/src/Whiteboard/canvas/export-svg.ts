import type { BoardDocument } from '../model/board-document.ts';
import type { BoardElement, PageId } from '../model/element.ts';
import { decode } from '../model/ink.ts';
import type { Background } from '../model/page.ts';
import { GRID_STEP, RULED_STEP } from './draw-background.ts';
import { exportedPage, type ExportOptions } from './export-area.ts';
import { traceInk, traceRect, traceShape } from './outline.ts';
import { escapeXml, short, SvgPath } from './svg-path.ts';
import { heightOf, layoutText, NOTE_PADDING, NOTE_RADIUS } from './text-layout.ts';
import { colorOf, type ThemeColors } from './theme-colors.ts';

/** A page as SVG, from the same outlines as the canvas: a picture, without scripts or anything that acts. */
export function exportSvg(board: BoardDocument, pageId: PageId, options: ExportOptions = {}): string {
  const { elements, background, area, theme } = exportedPage(board, pageId, options);
  const frame = attributes({ x: area.x, y: area.y, width: area.width, height: area.height });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${area.x} ${area.y} ${area.width} ${area.height}"${attributes({ width: area.width, height: area.height })}>`,
    `<rect${frame}${attributes({ fill: theme.paper })}/>`,
    ...paper(background, frame, theme),
    ...elements.map((element) => group(element, theme)),
    '</svg>',
  ].join('\n');
}

function paper(background: Background, frame: string, { line }: ThemeColors): string[] {
  if (background.kind === 'blank') return [];
  if (background.kind === 'image') return [image({ ...background })];
  const step = background.kind === 'grid' ? GRID_STEP : RULED_STEP;
  const path = background.kind === 'grid' ? `M0 ${step}V0H${step}` : `M0 0H${step}`;
  return [
    `<pattern id="paper" patternUnits="userSpaceOnUse"${attributes({ width: step, height: step })}><path${attributes({ d: path, fill: 'none', stroke: line })}/></pattern>`,
    `<rect${frame} fill="url(#paper)"/>`,
  ];
}

function group(element: BoardElement, theme: ThemeColors): string {
  const { x, y, scaleX, scaleY } = element.transform;
  const scale = scaleX === 1 && scaleY === 1 ? '' : ` scale(${scaleX} ${scaleY})`;
  const isMoved = x !== 0 || y !== 0 || scale !== '';
  const blend = `mix-blend-mode:${theme.isDark ? 'screen' : 'multiply'}`;
  const look = attributes({
    transform: isMoved ? `translate(${short(x)} ${short(y)})${scale}` : undefined,
    opacity: element.style.opacity,
    style: element.kind === 'highlight' ? blend : undefined,
  });
  return `<g${look}>${content(element, theme)}</g>`;
}

function content(element: BoardElement, theme: ThemeColors): string {
  const path = new SvgPath();
  const { style } = element;
  const ink = colorOf(theme.ink, style.color);
  switch (element.kind) {
    case 'ink':
    case 'highlight': {
      const isEven = element.kind === 'highlight';
      traceInk(path, decode(element.points), style.width, isEven);
      return `<path${attributes({ d: path.text, fill: isEven ? colorOf(theme.marker, style.color) : ink })}/>`;
    }
    case 'line':
    case 'arrow':
    case 'rectangle':
    case 'ellipse': {
      traceShape(path, element);
      const isClosed = element.kind === 'rectangle' || element.kind === 'ellipse';
      const fill = isClosed && style.fill !== undefined ? colorOf(theme.tint, style.fill) : 'none';
      const stroke = { stroke: ink, 'stroke-width': style.width };
      const round = { 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
      return `<path${attributes({ d: path.text, fill, ...stroke, ...round })}/>`;
    }
    case 'text':
      return text(element, 0, ink, theme.font);
    case 'note':
      traceRect(path, 0, 0, element.width, heightOf(element, theme.font), NOTE_RADIUS);
      return (
        `<path${attributes({ d: path.text, fill: colorOf(theme.tint, style.fill ?? 'yellow') })}/>` +
        text(element, NOTE_PADDING, ink, theme.font)
      );
    case 'image':
      return image(element);
  }
}

function text(
  element: Extract<BoardElement, { text: string }>,
  padding: number,
  fill: string,
  font: string,
): string {
  const { lines, lineHeight, direction } = layoutText(element, font);
  const isReversed = direction === 'rtl';
  const look = {
    fill,
    direction: isReversed ? direction : undefined,
    'font-family': font,
    'font-size': element.fontSize,
    'dominant-baseline': 'central',
  };
  const spans = lines.map((line, index) => {
    const place = attributes({
      x: isReversed ? element.width - padding : padding,
      y: short(padding + (index + 0.5) * lineHeight),
    });
    return `<tspan${place}>${escapeXml(line)}</tspan>`;
  });
  return `<text${attributes(look)} xml:space="preserve">${spans.join('')}</text>`;
}

function image(picture: { url: string; width: number; height: number; alt?: string }): string {
  const { url, width, height, alt } = picture;
  const title = alt === undefined ? '' : `<title>${escapeXml(alt)}</title>`;
  return `<image${attributes({ href: url, width, height, preserveAspectRatio: 'none' })}>${title}</image>`;
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}
