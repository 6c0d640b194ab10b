/** The chat's signs, as paths in a square of 24. */
export const chatIcons = {
  react: 'M12 3a9 9 0 1 0 9 9M8.5 10v.01M15.5 10v.01M8 14.5c2 2.4 6 2.4 8 0M19 2v6M16 5h6',
  reply: 'M9 7 4 12l5 5M4.5 12H14c3.5 0 6 2 6 6',
  copy: 'M9 9V5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-4M5 9h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1Z',
  edit: 'm4 20 1-4L16.5 4.500a2 2 0 0 1 3 3L8 19l-4 1ZM14.5 6.500l3 3',
  delete: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5Z',
  announcement: 'M4 10v4h3l8 5V5l-8 5H4ZM18.5 9a4 4 0 0 1 0 6',
  sent: 'm5 12.5 4.5 4.500L19 7.5',
  down: 'M12 4v15M5.5 13l6.5 6.5 6.5-6.5',
  up: 'M12 20V5M5.5 11 12 4.500l6.5 6.5',
  close: 'M6 6l12 12M18 6 6 18',
} as const;

export type ChatIconName = keyof typeof chatIcons;
