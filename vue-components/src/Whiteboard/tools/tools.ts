import { noDrag, type Tool } from './desk.ts';
import { eraserTool } from './eraser-tool.ts';
import { inkTool } from './ink-tool.ts';
import { selectTool } from './select-tool.ts';
import { shapeTool } from './shape-tool.ts';
import { textTool } from './text-tool.ts';
import type { ToolName } from './tool-names.ts';

/** Points without leaving a mark. */
const laserTool: Tool = (start, desk) => {
  desk.showLaser([start]);
  return { ...noDrag, move: (samples) => desk.showLaser(samples) };
};

/** What a press does with each tool; the hand's presses move the view before they come here. */
export const tools: Readonly<Record<ToolName, Tool>> = {
  select: selectTool,
  hand: () => noDrag,
  pen: inkTool('ink'),
  highlighter: inkTool('highlight'),
  eraser: eraserTool,
  line: shapeTool('line'),
  arrow: shapeTool('arrow'),
  rectangle: shapeTool('rectangle'),
  ellipse: shapeTool('ellipse'),
  text: textTool('text'),
  note: textTool('note'),
  image: (start, desk) => ({ ...noDrag, end: () => desk.pickImage(start) }),
  laser: laserTool,
};
