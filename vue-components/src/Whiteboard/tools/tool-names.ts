/** The tools that a pointer can hold. */
export const shapeNames = ['line', 'arrow', 'rectangle', 'ellipse'] as const;
export type ShapeName = (typeof shapeNames)[number];

/** The buttons of the toolbar, in order; `shape` stands for the four shapes. */
export const toolGroups = [
  'select',
  'hand',
  'pen',
  'highlighter',
  'eraser',
  'shape',
  'text',
  'note',
  'image',
  'laser',
] as const;
export type ToolGroup = (typeof toolGroups)[number];
export type ToolName = Exclude<ToolGroup, 'shape'> | ShapeName;

/** One letter a tool, so that a hand on the keyboard never looks for the bar. */
export const toolKeys: Readonly<Record<ToolName, string>> = {
  select: 'v',
  hand: 'h',
  pen: 'p',
  highlighter: 'm',
  eraser: 'e',
  line: 'l',
  arrow: 'a',
  rectangle: 'r',
  ellipse: 'o',
  text: 't',
  note: 'n',
  image: 'i',
  laser: 'k',
};

export const toolNames = Object.keys(toolKeys) as ToolName[];

const shapes: readonly string[] = shapeNames;

export function isShape(tool: ToolName): tool is ShapeName {
  return shapes.includes(tool);
}

/** Under which button of the toolbar a tool is found. */
export function groupOf(tool: ToolName): ToolGroup {
  return isShape(tool) ? 'shape' : tool;
}
