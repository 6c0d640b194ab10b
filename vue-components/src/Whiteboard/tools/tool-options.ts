import { groupOf, type ToolGroup, type ToolName } from './tool-names.ts';

export const widthNames = ['fine', 'medium', 'bold', 'broad'] as const;
export type WidthName = (typeof widthNames)[number];
export const textSizeNames = ['small', 'medium', 'large', 'huge'] as const;
export type TextSizeName = (typeof textSizeNames)[number];

/** How a tool draws; each button of the toolbar keeps its own. */
export interface ToolOptions {
  /** A name of the palette, or `#rrggbb`. */
  color: string;
  width: WidthName;
  textSize: TextSizeName;
  /** Whether a shape is filled with a tint of its colour. */
  isFilled: boolean;
  /** Whether the eraser takes only what it passes over, or whole elements. */
  isPartial: boolean;
}

/** Which of the options mean something to a tool. */
export const offeredOptions: Readonly<Record<ToolGroup, readonly (keyof ToolOptions)[]>> = {
  select: [],
  hand: [],
  pen: ['color', 'width'],
  highlighter: ['color', 'width'],
  eraser: ['isPartial'],
  shape: ['color', 'width', 'isFilled'],
  text: ['color', 'textSize'],
  note: ['color', 'textSize'],
  image: [],
  laser: [],
};

const start: ToolOptions = {
  color: 'black',
  width: 'medium',
  textSize: 'medium',
  isFilled: false,
  isPartial: false,
};

/** What every tool begins with. */
export function initialOptions(): Record<ToolGroup, ToolOptions> {
  return {
    select: start,
    hand: start,
    pen: start,
    highlighter: { ...start, color: 'yellow' },
    eraser: start,
    shape: { ...start, color: 'blue' },
    text: start,
    note: { ...start, color: 'yellow' },
    image: start,
    laser: { ...start, color: 'red' },
  };
}

const lineWidths: Readonly<Record<WidthName, number>> = { fine: 2, medium: 4, bold: 8, broad: 14 };
const markerWidths: Readonly<Record<WidthName, number>> = { fine: 12, medium: 20, bold: 30, broad: 44 };
const fontSizes: Readonly<Record<TextSizeName, number>> = { small: 16, medium: 22, large: 34, huge: 52 };

/** How wide `tool` draws, in units of the board. */
export function widthOf(tool: ToolName, { width }: ToolOptions): number {
  return (groupOf(tool) === 'highlighter' ? markerWidths : lineWidths)[width];
}

/** How large `tool` writes, in units of the board. */
export function fontSizeOf({ textSize }: ToolOptions): number {
  return fontSizes[textSize];
}
