import type { BoardNotice } from './board-session.ts';
import type { WhiteboardLocale } from './whiteboard-locale.ts';

/** The sentence that a notice is told in. */
export function noticeText(notice: BoardNotice, locale: WhiteboardLocale): string {
  switch (notice.kind) {
    case 'refused':
      if (notice.cause.code === 'forbidden') return locale.refusedLocked;
      return notice.cause.code === 'payload-too-large' ? locale.refusedFull : locale.refusedOther;
    case 'not-made':
      if (notice.code === 'unsafe-url') return locale.imageRefused;
      if (notice.code === 'too-many-pages') return locale.boardFull;
      return notice.code === 'page-full' ? locale.pageFull : locale.notMade;
    case 'damaged':
      return locale.damaged;
    case 'image-failed':
      return locale.imageFailed;
    case 'import-failed':
      return locale.importFailed;
    case 'export-partial':
      return locale.exportPartial;
    case 'export-failed':
      return locale.exportFailed;
    default:
      return notice satisfies never;
  }
}
