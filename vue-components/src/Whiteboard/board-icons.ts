import type { ShapeName, ToolGroup } from './tools/tool-names.ts';

export type IconName =
  | ToolGroup
  | ShapeName
  | 'undo'
  | 'redo'
  | 'more'
  | 'previous'
  | 'next'
  | 'add'
  | 'remove'
  | 'zoomIn'
  | 'zoomOut'
  | 'fit'
  | 'menu'
  | 'lock'
  | 'unlock'
  | 'lead'
  | 'duplicate'
  | 'front'
  | 'back'
  | 'close';

/** Outlines on a grid of 24, drawn with a line of 1.75. */
export const boardIcons: Readonly<Record<IconName, string>> = {
  select: 'M5.5 3.5 18.5 11l-5.6 1.7-2.6 5.4z',
  hand: 'M7 12.5V6.2a1.4 1.4 0 0 1 2.8 0V11M9.8 10.5V4.6a1.4 1.4 0 0 1 2.8 0v5.9M12.6 10.7V5.6a1.4 1.4 0 0 1 2.8 0v6M15.4 11.4V8.2a1.4 1.4 0 0 1 2.8 0v6.3a6 6 0 0 1-6 6h-.7a6 6 0 0 1-4.9-2.5l-2.9-4.1a1.5 1.5 0 0 1 2.3-1.8L7 13.2',
  pen: 'm4 20 1.1-4.4L16.2 4.5a1.9 1.9 0 0 1 2.7 0l.6.6a1.9 1.9 0 0 1 0 2.7L8.4 18.9zM14.2 6.5l3.3 3.3',
  highlighter:
    'm8.2 13 3.8 3.8 7.6-7.6a1.6 1.6 0 0 0 0-2.2l-1.6-1.6a1.6 1.6 0 0 0-2.2 0zM8.2 13l-1.6 3.4 2 2L12 16.8M6.9 16.7 4 19.5h3.8l.9-1M13.5 20.2h7',
  eraser:
    'm8.6 19.5-4.3-4.3a1.7 1.7 0 0 1 0-2.4l8.5-8.5a1.7 1.7 0 0 1 2.4 0l4.5 4.5a1.7 1.7 0 0 1 0 2.4l-8.3 8.3zM8.6 19.5h11M8.5 8.6l6.9 6.9',
  shape: 'M4 10.5h9.5V20H4zM10 7.6A5.3 5.3 0 1 1 16.4 14',
  line: 'M5 19 19 5',
  arrow: 'M5 19 19 5M10.5 5H19v8.5',
  rectangle: 'M4 6.5h16v11H4z',
  ellipse: 'M12 6c4.7 0 8.5 2.7 8.5 6s-3.8 6-8.5 6-8.5-2.7-8.5-6S7.3 6 12 6z',
  text: 'M5 7.5V5h14v2.5M12 5v14M9 19h6',
  note: 'M4.5 4.5h15v9.5l-5.5 5.5h-9.5zM19.5 14H14v5.5',
  image: 'M4 5.5h16v13H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 4.7M15.7 9.8a.9.9 0 1 0 0-1.8.9.9 0 0 0 0 1.8z',
  laser:
    'm14.5 9.5-9.7 9.7M17 3.5v2.7M17 9.8v2.7M21.5 8h-2.7M15.2 8h-2.7M20.2 4.8l-1.6 1.6M20.2 11.2l-1.6-1.6M13.8 4.8l1.6 1.6',
  undo: 'M8.5 5 4 9.5 8.5 14M4.5 9.5H14a5.3 5.3 0 0 1 0 10.5h-3',
  redo: 'M15.5 5 20 9.5 15.5 14M19.5 9.5H10A5.3 5.3 0 0 0 10 20h3',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  previous: 'm14.5 6-6 6 6 6',
  next: 'm9.5 6 6 6-6 6',
  add: 'M12 5v14M5 12h14',
  remove: 'M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.9 12.5h9.2L17.5 7M10.3 10.5v5.5M13.7 10.5v5.5',
  zoomIn: 'M12 6v12M6 12h12',
  zoomOut: 'M6 12h12',
  fit: 'M4 9V4.5h4.5M15.5 4.5H20V9M20 15v4.5h-4.5M8.5 19.5H4V15M9 9.5h6v5H9z',
  menu: 'M4.5 7h15M4.5 12h15M4.5 17h15',
  lock: 'M5.5 10.5h13v9.5h-13zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3',
  unlock: 'M5.5 10.5h13v9.5h-13zM8.5 10.5V7a3.5 3.5 0 0 1 6.8-1.2',
  lead: 'M2.5 12s3.5-6 9.5-6 9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 14.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4z',
  duplicate: 'M9 9h11v11H9zM5.5 15H4V4h11v1.5',
  front: 'M12 19V8M7.5 12.5 12 8l4.5 4.5M5 4.5h14',
  back: 'M12 5v11M7.5 11.5 12 16l4.5-4.5M5 19.5h14',
  close: 'm6.5 6.5 11 11M17.5 6.5l-11 11',
};
