import type { ChalklineError, SignalQuality } from '@chalkline/client-sdk';
import type { ToolGroup } from './tools/tool-names.ts';

/** A picture that the app keeps, in pixels of its own. */
export interface BoardPicture {
  /** http(s), or a small `data:image`. */
  url: string;
  width: number;
  height: number;
}

export interface WhiteboardProps {
  /** Keeps the tools away; what a role may do is decided by the backend. @default false */
  isReadOnly?: boolean | undefined;
  /** The buttons of the toolbar. @default all */
  tools?: readonly ToolGroup[] | undefined;
  /** How closely the others see a stroke grow: finer costs more frames. @default 'balanced' */
  quality?: SignalQuality | undefined;
  /**
   * Keeps a picture that is pasted, dropped or chosen, and tells where it is.
   * @default only pictures that have an address of their own, and small ones, can be added
   */
  uploadImage?: ((file: File) => Promise<string>) | undefined;
  /**
   * Makes pages of files, such as of each page of a PDF; each becomes the background of a new page.
   * @default there is no such entry in the menu
   */
  importPages?: ((files: File[]) => Promise<readonly BoardPicture[]>) | undefined;
}

export interface WhiteboardEmits {
  /** Another page is shown. */
  page: [pageId: string];
  /** A change of ours was not taken and has been rolled back; the sentence is shown. */
  refused: [cause: ChalklineError];
}

export interface WhiteboardSlots {
  /** Instead of the shape of a board, until it is loaded; `percent` is known after the first part. */
  loading?: (props: { percent: number | undefined }) => unknown;
  /** Instead of the sentence on an empty page. */
  empty?: () => unknown;
  /** More buttons at the end of the upper right bar. */
  actions?: () => unknown;
}
