import type { Locale } from './locale.ts';

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

// Made on first use and kept: a formatter is a hundred times dearer than what it formats.
let timeFormat: Intl.DateTimeFormat | undefined;
let dayFormat: Intl.DateTimeFormat | undefined;

const dayNumber = (at: number) => new Date(at).setHours(12, 0, 0, 0);

/** English. Hours follow the reader's own settings, because a 24-hour clock is a habit of places, not of languages. */
export const en: Locale = {
  time: (at) => (timeFormat ??= new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })).format(at),
  day: (at, now) => {
    // Rounded, because a day of the clock change has 23 or 25 hours.
    const daysAgo = Math.round((dayNumber(now) - dayNumber(at)) / 86_400_000);
    if (daysAgo === 0) return 'Today';
    if (daysAgo === 1) return 'Yesterday';
    dayFormat ??= new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
    return dayFormat.format(at);
  },

  you: 'You',
  unnamed: 'Unnamed member',
  roleTeacher: 'Teacher',
  roleStudent: 'Student',
  roleObserver: 'Observer',

  classroomLoading: 'Opening the classroom',
  classroomOfflineTitle: 'No connection',
  classroomOffline: 'The classroom cannot be reached right now. It opens by itself as soon as it can.',
  classroomRefusedTitle: 'The classroom did not open',
  refusedUnauthorized: 'Your sign-in is missing or has run out. Sign in again and come back.',
  refusedForbidden: 'You are not on the list for this classroom. Ask your teacher for the right link.',
  refusedNotFound: 'There is no such classroom. Check the link you were given.',
  refusedUnsupportedVersion: 'This page is out of date. Load it again.',
  refusedOther: 'Something went wrong on our side. Try again, and tell your teacher if it stays.',
  refusedForNow: 'It did not answer in time. Try again in a moment.',
  classroomEndedTitle: 'This class has ended',
  classroomEnded: 'Thank you for being here. You can close this page.',
  classroomLeftTitle: 'You have left the classroom',
  classroomLeft: 'The others are still there, and so is your place.',
  joinAgain: 'Join again',
  classroomDisconnected: 'You are no longer connected. New messages do not reach you.',
  connectAgain: 'Connect again',
  tryAgain: 'Try again',
  tryNow: 'Try now',
  paneMain: 'Lesson',
  paneChat: 'Chat',
  paneMembers: 'Members',
  panes: 'Parts of the classroom',
  divider: 'Width of the side',

  chat: 'Chat',
  chatLog: 'Messages',
  chatEmpty: 'No messages yet. Write the first one below.',
  chatEmptyReadOnly: 'No messages yet. They appear here as soon as someone writes.',
  olderMessages: 'Show older messages',
  olderLoading: 'Loading older messages',
  olderFailed: 'Older messages did not load.',
  newMessages: (count) => plural(count, 'new message', 'new messages'),
  announcedMessage: '{name}: {text}',
  sending: 'Sending',
  failedOther: 'Not sent.',
  failedForbidden: 'Not sent. You cannot write here right now.',
  failedRateLimited: 'Not sent. That was too many messages at once; wait a moment.',
  failedTooLong: 'Not sent. It is too long; send it in parts.',
  failedConnection: 'Not sent. The connection was lost.',
  failedEnded: 'Not sent. The class has ended.',
  retry: 'Retry',
  discard: 'Discard',
  typingOne: '{a} is typing',
  typingTwo: '{a} and {b} are typing',
  typingSeveral: 'Several people are typing',

  composerLabel: 'Message',
  composerPlaceholder: 'Write a message',
  composerHint: 'Enter sends, Shift and Enter starts a new line.',
  composerOffline: 'No connection. What you send now goes out when it is back.',
  composerLeft: (count) => plural(count, 'character left', 'characters left'),
  composerTooLong: (count) => plural(count, 'character too many', 'characters too many'),
  composerObserver: 'You are here as an observer: you can read, not write.',
  composerMuted: 'You cannot write in this classroom right now.',
  send: 'Send',

  members: 'Members',
  memberCount: (count) => plural(count, 'member', 'members'),
  membersEmpty: 'No one is here yet.',
  memberOnline: 'Online',
  memberSlow: 'Slow connection',
  memberSilent: 'No answer',
  memberReconnecting: 'Reconnecting',

  connectionFine: 'Connected',
  connectionFineText: 'Everything you send arrives at once.',
  connectionStarting: 'Connecting',
  connectionStartingText: 'The connection is being made.',
  connectionReturning: 'Reconnecting',
  connectionReturningText: 'The connection was lost and comes back by itself. Press to try now.',
  connectionLost: 'Disconnected',
  connectionLostText: 'The connection was closed and does not come back by itself. Press to connect again.',
  connectionUnauthorizedText: 'Your sign-in has run out. Sign in again, then press to connect.',
};
