import type { WhiteboardLocale } from '../Whiteboard/whiteboard-locale.ts';

/**
 * Every word the kit shows or says aloud. A template holds names in braces (`{name}`), which are put in isolated, so that a
 * right-to-left name cannot turn the sentence around.
 */
export interface Locale {
  /** What the words are in, for screen readers and hyphenation: a BCP 47 tag such as `en`. */
  language: string;
  /** Which way the words run. */
  direction: 'ltr' | 'rtl';
  /** A moment of the day, such as `14:03`; `at` is in ms since 1970. */
  time: (at: number) => string;
  /** A day as the chat's dividers name it; `at` and `now` are in ms since 1970. */
  day: (at: number, now: number) => string;
  number: (value: number) => string;
  /** Names as a sentence lists them: `Ada, Ben and Chen`. */
  list: (names: readonly string[]) => string;

  you: string;
  /** Stands for a name that shows nothing: empty, or made of invisible characters. */
  unnamed: string;
  roleTeacher: string;
  roleStudent: string;
  roleObserver: string;

  classroomLoading: string;
  classroomOfflineTitle: string;
  classroomOffline: string;
  classroomRefusedTitle: string;
  /** `unauthorized`: the token is missing, wrong or has ended. */
  refusedUnauthorized: string;
  /** `forbidden`: the token does not name this classroom. */
  refusedForbidden: string;
  refusedNotFound: string;
  refusedUnsupportedVersion: string;
  /** Any other code that cannot be retried. */
  refusedOther: string;
  /** Any code that can be retried. */
  refusedForNow: string;
  classroomEndedTitle: string;
  classroomEnded: string;
  classroomLeftTitle: string;
  classroomLeft: string;
  joinAgain: string;
  /** Above the content, when the connection was closed for good during the lesson. */
  classroomDisconnected: string;
  connectAgain: string;
  tryAgain: string;
  tryNow: string;
  paneMain: string;
  paneChat: string;
  paneMembers: string;
  panes: string;
  /** Names the line between the lesson and its side. */
  divider: string;

  chat: string;
  chatLog: string;
  chatEmpty: string;
  chatEmptyReadOnly: string;
  olderMessages: string;
  olderLoading: string;
  olderFailed: string;
  newMessages: (count: number) => string;
  /** Said to screen readers for one new message: `{name}`, `{text}`. */
  announcedMessage: string;
  sending: string;
  failedOther: string;
  failedForbidden: string;
  failedRateLimited: string;
  failedTooLong: string;
  failedConnection: string;
  failedEnded: string;
  retry: string;
  discard: string;
  typingOne: string;
  typingTwo: string;
  typingSeveral: string;
  /** The divider above what is unread. */
  unreadFromHere: string;
  toNewest: string;
  sent: string;
  edited: string;
  announcement: string;
  /** Above a private message, for the one who wrote it or got it. */
  privateForStudent: string;
  /** Above a private message, for a teacher. */
  privateForTeacher: string;
  messageDeleted: string;
  youDeleted: string;
  /** `{name}`: a teacher, of someone else's message. */
  deletedBy: string;
  /** Said before the name of whose message is answered. */
  inAnswerTo: string;
  /** Stands for a message that is answered and not loaded. */
  earlierMessage: string;
  messageActions: string;
  react: string;
  reply: string;
  copy: string;
  copied: string;
  edit: string;
  delete: string;
  deleteQuestion: string;
  keep: string;
  reactions: string;
  reactionChoice: string;
  otherEmoji: string;
  /** After names, for those who are not named. */
  others: (count: number) => string;
  /** An edit, a deletion or a reaction was refused. */
  changeFailed: string;
  changeForbidden: string;

  composerLabel: string;
  composerPlaceholder: string;
  composerHint: string;
  composerOffline: string;
  composerLeft: (count: number) => string;
  composerTooLong: (count: number) => string;
  composerObserver: string;
  composerMuted: string;
  send: string;
  save: string;
  cancel: string;
  editing: string;
  /** Names the choice for whom a message is. */
  audience: string;
  audienceAll: string;
  audienceTeacher: string;
  /** Of what a teacher writes in private: to the other teachers … */
  audienceTeachers: string;
  /** … and to one member, `{name}`. */
  audienceMember: string;
  audienceAnnouncement: string;
  /** Said to screen readers when names are offered for an `@`. */
  mentionsOffered: (count: number) => string;

  members: string;
  memberCount: (count: number) => string;
  membersEmpty: string;
  memberOnline: string;
  /** In, but a round trip to the server takes a second or longer. */
  memberSlow: string;
  /** In, but the server has not heard of them for some time. */
  memberSilent: string;
  memberReconnecting: string;
  /** Our own link is down. */
  memberOffline: string;
  /** Here with more than one device. */
  memberDevices: (count: number) => string;

  connectionFine: string;
  connectionFineText: string;
  connectionStarting: string;
  connectionStartingText: string;
  /** The first try has failed, and others follow. */
  connectionFailingText: string;
  connectionReturning: string;
  connectionReturningText: string;
  connectionLost: string;
  connectionLostText: string;
  connectionUnauthorizedText: string;

  /** A teacher of this class who was made one in it. */
  roleCoTeacher: string;

  /** Names the bar of class controls. */
  controls: string;
  /** Said aloud when everything that was closed to us is open again. */
  controlsOpen: string;
  /** What was asked for was refused: `forbidden`, no room left, no link, too fast, any other code. */
  controlForbidden: string;
  controlFull: string;
  controlOffline: string;
  controlTooFast: string;
  controlFailed: string;
  hands: string;
  handsUp: (count: number) => string;
  handsNone: string;
  handsLowerAll: string;
  handRaise: string;
  handLower: string;
  chatMute: string;
  chatUnmute: string;
  /** Closed to all students, and to the reader alone. */
  chatMuted: string;
  chatMutedForYou: string;
  boardLock: string;
  boardUnlock: string;
  boardLocked: string;
  boardLockedForYou: string;
  timer: string;
  timerMinutes: (count: number) => string;
  timerAddMinute: string;
  timerStop: string;
  timerOver: string;
  /** Said aloud: `{time}`. */
  timerStarted: string;
  /** `{name}`. */
  spotlightOf: string;
  spotlightSelf: string;
  endClass: string;
  endClassTitle: string;
  endClassText: string;
  endClassConfirm: string;
  youAreCoTeacher: string;
  youAreNoCoTeacher: string;

  /** Names a member's menu: `{name}`. */
  memberMenu: string;
  memberMute: string;
  memberUnmute: string;
  memberAllowDrawing: string;
  memberStopDrawing: string;
  memberSpotlight: string;
  memberSpotlightEnd: string;
  memberAppoint: string;
  memberDismiss: string;
  memberRemove: string;
  memberSpotlit: string;
  memberMuted: string;
  memberMayNotDraw: string;
  memberMayChat: string;
  memberMayDraw: string;
  /** Their turn among the hands that are up. */
  memberHand: (turn: number) => string;
  observers: string;
  removedMembers: string;
  readmit: string;
  /** `removed`: a teacher has taken us out. */
  removedTitle: string;
  removed: string;

  /** The words of the whiteboard. The English ones come with the board; here stands what takes their place. */
  whiteboard?: Partial<WhiteboardLocale>;
}
