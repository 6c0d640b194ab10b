import type { Classroom, Client, Role } from '@chalkline/client-sdk';
import type { ManualClock, TestMember, TestServer } from '@chalkline/client-sdk/testing';
import type { VNode } from 'vue';

/** What a state is made of: our client in a classroom of the test kit, where the time stands still. */
export interface Stage {
  server: TestServer;
  clock: ManualClock;
  client: Client;
  classroom: Classroom;
  /** Who is there already: the student Ben, or the teacher Ada if we are none. */
  other: TestMember;
  /** Lines of a lesson, in the language of the page. */
  lines: readonly string[];
  /** What is shown. */
  root: HTMLElement;
}

/** One look of a component. */
export interface GalleryState {
  /** Selects what is seen once the state is reached; the same in every language. */
  shows: string;
  /** Ours: the teacher is Ada, the student Ben, the observer Chen. @default 'teacher' */
  role?: Role;
  /** Before the component is mounted. */
  before?: (stage: Stage) => unknown;
  /** Once it is mounted, and all is quiet. */
  play?: (stage: Stage) => unknown;
  /** @default that of the component */
  content?: () => VNode;
}

/** A component and all that it may look like: `states` of each file in this folder's `states`. */
export interface ComponentStates {
  component: string;
  /** The room it is given, in px; a phone's is what the screen has. */
  width: number;
  height: number;
  /** What stands in the `<ClassroomRoot>`. */
  content: () => VNode;
  states: Readonly<Record<string, GalleryState>>;
}
