/** Lines of the signs, in a square of 20. */
export const controlIcons = {
  hand: 'M6.5 10V4.8a1.2 1.2 0 0 1 2.4 0V9M8.9 8.5V3.2a1.2 1.2 0 0 1 2.4 0v5.3M11.3 9V4.4a1.2 1.2 0 0 1 2.4 0v6.4M6.5 11.5 4.9 9.6a1.3 1.3 0 0 0-2 1.6l3.2 5c.9 1.3 2 1.8 3.4 1.8h1.4c2.4 0 3.8-1.6 3.8-4V7.6a1.2 1.2 0 0 0-1-1.2',
  chat: 'M3 4.5h14v9.5H9.5L6 17.2V14H3Z',
  chatMuted: 'M7.5 4.5H17v9.5h-1M12 14H9.5L6 17.2V14H3V4.5M2.5 2.5l15 15',
  board: 'M3 3.5h14v10.5H3ZM10 14v3M6.5 17.5h7M6 10.5l2.5-3 2 2 3-3.5',
  boardLocked: 'M5 9h10v8H5ZM7 9V6.5a3 3 0 0 1 6 0V9M10 12.5v1.5',
  timer: 'M10 5.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12ZM10 8.5v3.2l2 1.3M8 2.5h4',
  end: 'M8 3.5H3.5v13H8M12 6.5l3.5 3.5-3.5 3.5M15.5 10H7.5',
  more: 'M4.4 10h.2M9.9 10h.2M15.4 10h.2',
  spotlight: 'M10 2.8l2.1 4.5 4.9.6-3.6 3.4.9 4.9L10 13.8l-4.3 2.4.9-4.9L3 7.9l4.9-.6Z',
  draw: 'M4 16l.8-3.4L13.6 3.8a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2Z',
  crown: 'M3.5 15.5h13M3.5 13 3 6.5l4 3 3-5 3 5 4-3-.5 6.5Z',
  remove: 'M4 10h8M9 6.5l3.5 3.5L9 13.5M8 3.5h8.5v13H8',
  readmit: 'M16 10H8M11 6.5 7.5 10l3.5 3.5M12 3.5H3.5v13H12',
} as const;

export type ControlIconName = keyof typeof controlIcons;
