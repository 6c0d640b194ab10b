/** The parts of a classroom that may be on screen, in the order of their tabs. */
export const classroomPanes = ['main', 'chat', 'members'] as const;
export type ClassroomPane = (typeof classroomPanes)[number];

export interface ClassroomLayoutProps {
  /** The pane that a phone shows; also as `v-model:pane`. @default the first that has content */
  pane?: ClassroomPane | undefined;
}

export interface ClassroomLayoutEmits {
  /** A tab was chosen. */
  'update:pane': [pane: ClassroomPane];
}

export interface ClassroomLayoutSlots {
  /** A line above the panes: the lesson's title, a `<ConnectionBadge>`. */
  header?: () => unknown;
  /** What the lesson is about: a board, a video, a page. Without it the chat takes its place. */
  main?: () => unknown;
  chat?: () => unknown;
  members?: () => unknown;
}
