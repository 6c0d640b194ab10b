import type {
  Chunk,
  ClassroomEvent,
  DocumentPiece,
  ErrorCode,
  Member,
  Position,
  Role,
  Sender,
} from '@chalkline/client-sdk/protocol';

/** Milliseconds since 1970. */
export type Clock = () => number;

/** What a verified token says of its bearer. */
export interface Claims {
  userId: string;
  name: string;
  /** Role by classroom id; a key that ends in `*` stands for every classroom whose id starts so. */
  classrooms: Readonly<Record<string, Role>>;
  /** When the token ends, in ms since 1970. */
  expiresAt: number;
}

export interface TokenVerifier {
  /** @throws ChalklineError `unauthorized`; the message says why, and never holds the token. */
  verify(token: string): Promise<Claims>;
}

/** The outcome of one post: `gone` means that the connection is no more, `failed` that the frame may not arrive. */
export type Delivery = 'delivered' | 'gone' | 'failed';

/** The way to the sockets. Its verbs never reject: one member's failure must not hide the others' delivery. */
export interface Gateway {
  post(connectionId: string, frame: string): Promise<Delivery>;
  /** Closes the socket; a socket that is gone already is no failure. */
  disconnect(connectionId: string): Promise<void>;
}

/** One WebSocket, as `$connect` saw it. */
export interface ConnectionRecord {
  connectionId: string;
  userId: string;
  /** The classrooms that the token names. */
  classroomIds: readonly string[];
}

/** Who sits behind a connection in one classroom, and until when. */
export interface Seat {
  connectionId: string;
  /** One browser tab: a newer seat of the same user and tab takes the place of the older. */
  clientId: string;
  /** Rises with each join of the tab. @default 0 */
  turn?: number | undefined;
  userId: string;
  name: string;
  /** To join with, what the token says; of a seat that is held, what its member is in this class. */
  role: Role;
  /** When the right to the seat ends with its token, in ms since 1970. */
  expiresAt: number;
}

/**
 * Events that the store just wrote to a classroom's log, and the connections that have to hear of them. Without events
 * there are no recipients either.
 */
export interface Announcement {
  classroomId: string;
  epoch: string;
  events: readonly ClassroomEvent[];
  recipients: readonly string[];
  /** Who sits behind each recipient, if something private is among the events: nobody else may see it. */
  readers?: ReadonlyMap<string, Reader> | undefined;
}

/** Whose eyes what is private is for, or not. */
export type Reader = Pick<Sender, 'userId' | 'role'>;

export interface JoinRequest {
  classroomId: string;
  seat: Seat;
  /** Where the client's copy of the log ends. */
  position?: Position | undefined;
}

export interface JoinOutcome {
  head: Position;
  /** What the member is in this class. */
  role: Role;
  /** In the order in which they joined. */
  members: readonly Member[];
  /** True only if `events` are all that the client has not seen, its own `member.join` included. */
  recovered: boolean;
  events: readonly ClassroomEvent[];
  /** If not recovered: the newest chat messages, oldest first. */
  chat: readonly ClassroomEvent[];
  /** If not recovered: whether `history` has more. */
  hasOlderChat: boolean;
  /** If not recovered: the newest event of each entry of the state, oldest first. */
  state: readonly ClassroomEvent[];
  /** How long a dropped member keeps their place, in ms: after it, a `touch` of anyone lets them go. */
  graceMs: number;
  /** How long a silent connection keeps its seat, in ms; the same. */
  leaseMs: number;
  /** What the others hear: leaves of members whose lease had ended, then the join. Recipients exclude the joiner. */
  announcement: Announcement;
}

/** What a message changes beside the log, in the same atomic step. */
export type Projection =
  /** Joins the chat's own, longer history. What is private may be read by the teachers, its sender, and the member `to`. */
  | { of: 'chat'; isPrivate?: boolean; to?: string | undefined }
  /**
   * Does something to a message of the chat that the sender may see, in the history and in the log: a message of their own; for
   * teachers `delete` any, for all `react` to any. `value` is the text or the emoji.
   */
  | { of: 'message'; change: MessageChange; target: MessageTarget; value: string }
  /** Takes the place of the entry of a key, or of one member's; a message type that keeps its newest has the key `:<type>`. */
  | { of: 'state'; key: string; userId?: string | undefined; isDeleted: boolean }
  /** Adds a blob to a document: a Yjs update in base64. */
  | { of: 'document'; document: string; update: string };

export type MessageChange = 'edit' | 'delete' | 'react' | 'unreact';

/** A message of the chat; without a seq, the sender's own of this id. */
export interface MessageTarget {
  id: string;
  seq?: number | undefined;
}

export interface Draft {
  /** Idempotency key, unique for its user. */
  id: string;
  type: string;
  data: unknown;
  /** Who may publish this type. */
  publishers: readonly Role[];
  /** Whoever is not a teacher is refused while the `access.<topic>` of the state closes it for them. */
  topic?: string | undefined;
  projection?: Projection | undefined;
}

export interface AppendRequest {
  classroomId: string;
  connectionId: string;
  drafts: readonly Draft[];
}

export type AppendResult =
  | { id: string; seq: number; at: number; isDuplicate: boolean }
  /** `isClosed`: not the role was the reason, but a closed topic. */
  | { id: string; error: ErrorCode; retryAfterMs?: number; isClosed?: boolean };

export interface AppendOutcome {
  /** One for each draft, in its order. After a retryable refusal every later draft is refused too, so that order holds. */
  results: readonly AppendResult[];
  /** The new events (no duplicates, none refused), for every connection of the classroom but the sender's. */
  announcement: Announcement;
  /**
   * Whether as many replicas as the store was told to wait for are known to have all that stands in `results`. Absent if
   * the store waits for none.
   */
  replicated?: boolean;
  /** Documents of the drafts that are to be compacted, and that nobody is at. */
  due: readonly string[];
  /** Connections that lost their seat because a draft removed their member. */
  removed: readonly string[];
}

/** What was there when a class ended. */
export interface EndOutcome {
  /** Everybody who lost their seat. */
  recipients: readonly string[];
  /** Those of them who have no seat in another classroom. */
  idle: readonly string[];
  /** Stands for a connection whose seat reads what is to be kept elsewhere, until it leaves or is silent for the lease. */
  readerId: string;
  /** The newest event of each entry of the state, oldest first. */
  state: readonly ClassroomEvent[];
  /** The names of the documents. */
  documents: readonly string[];
}

/** A page of a document. */
export interface DocumentPage {
  pieces: readonly DocumentPiece[];
  isLast: boolean;
  /** The size of all that is kept of the document, base64 undone. */
  bytes: number;
}

/** One Yjs update as it is kept, in base64. */
export interface Blob {
  n: number;
  data: string;
  /** In how many pieces it is kept. */
  count: number;
  /** Whether it is the sum of several. */
  isMerged: boolean;
}

/** Blobs that are to become one, and the right to put it in their place. */
export interface Batch {
  classroomId: string;
  document: string;
  /** Of which log, and under which lease, the store gave them out. */
  epoch: string;
  lease: string;
  /** Whether these are all, to be encoded anew without what was erased; else they are the updates not merged yet. */
  isWhole: boolean;
  blobs: readonly Blob[];
}

export interface Audience {
  seat: Seat;
  /** Everybody else's connections … */
  recipients: readonly string[];
  /** … and, if asked for, those of them that are teachers'. */
  teachers: readonly string[];
  /** Of the topics that were asked for, those that are closed for the seat. */
  closed: readonly string[];
}

export interface TouchOutcome {
  /** The head of each classroom in which the connection still has its seat; a classroom that is absent needs a join. */
  heads: Readonly<Record<string, Position>>;
  /**
   * By classroom and userId, of other members whose link is not good: how long they have been silent and, if it is slow,
   * their round trip, both in ms. At most `HEALTH_MEMBERS` a classroom: the longest silent first, then the slowest.
   */
  health: Readonly<Record<string, Record<string, number[]>>>;
  /** Leaves of members whose lease had ended; the connection itself is among the recipients. */
  announcements: readonly Announcement[];
}

export interface SweepOutcome {
  /** Leaves of members whose lease had ended. */
  announcements: readonly Announcement[];
  /** Whether other classrooms wait to be looked at. */
  hasMore: boolean;
}

/**
 * The classrooms: who is connected, and each classroom's log with its projections. `join` and `history` give of what is
 * private only its place to whom it is not for.
 *
 * Every verb is one round trip and atomic for its classroom. A verb that needs a seat rejects with `not-joined` if the
 * connection has none, and with `unauthorized` once the seat's token has ended; otherwise it renews the seat's lease.
 * A connection belongs to one user. A store that cannot answer rejects with `internal`.
 */
export interface ClassroomStore {
  /** Remembers a new socket. */
  connect(connection: ConnectionRecord): Promise<void>;
  /**
   * Takes a seat, or renews it: rejoining is how a client recovers and how a fresh token lengthens the seat. Writes
   * `member.join` if the user was not there, was `reconnecting`, or has another name or role now. A join that comes after a
   * later turn of its tab gave the seat to another connection rejects with `not-joined`. A token that has
   * ended rejects with `unauthorized`, a member who was removed with `removed`, and everyone with `classroom-ended` once
   * the class is over.
   */
  join(request: JoinRequest): Promise<JoinOutcome>;
  /** Gives the seat up. Writes `member.leave` with the user's last seat. Leaving without a seat announces nothing. */
  leave(classroomId: string, connectionId: string): Promise<Announcement>;
  /**
   * Forgets a socket and gives up all its seats. With a clean end the user leaves; otherwise, with the user's last
   * seat, `member.drop` is written and the user is `reconnecting` until their grace ends. Calling it again is harmless.
   */
  disconnect(connectionId: string, isClean: boolean): Promise<readonly Announcement[]>;
  /**
   * Writes drafts to the log, each once by its id, in order. An entry `role` of the state is `forbidden` to who is no teacher by
   * the token; it counts for its member's seats, and is told as `member.join`, in the same step.
   */
  append(request: AppendRequest): Promise<AppendOutcome>;
  /** The seat of a connection, and who is to hear signals of so many bytes on these topics. */
  audience(
    classroomId: string,
    connectionId: string,
    topics?: readonly string[],
    bytes?: number,
    asksTeachers?: boolean,
  ): Promise<Audience>;
  /**
   * Ends the class, if the seat has one of the roles: nobody joins from now on, and nobody but the reader has a seat. Rejects
   * with `forbidden` for another role.
   */
  end(classroomId: string, connectionId: string, roles: readonly Role[]): Promise<EndOutcome>;
  /**
   * A page of a document: what comes after blob `after`, and of that blob itself what comes from piece `index` on. A document
   * that nobody has written is empty.
   */
  load(
    classroomId: string,
    connectionId: string,
    place: { document: string; after: number; index?: number | undefined },
  ): Promise<DocumentPage>;
  /**
   * The blobs of a document that is due, under a lease of `compactionMs` that keeps all others away; undefined if it is not
   * due, or somebody else is at it. Needs no seat, and more than one round trip for a large document.
   */
  collect(classroomId: string, document: string): Promise<Batch | undefined>;
  /**
   * Puts `data` in the place of the blobs of a batch and ends its lease; what was added meanwhile stays. Blobs that are
   * `damaged` are set aside for the operator. Resolves with false, and changes nothing, if the batch is no longer ours.
   */
  replace(batch: Batch, data: string | undefined, damaged: readonly number[]): Promise<boolean>;
  /**
   * Renews the leases of a connection and sweeps members whose lease has ended. A user's `rttMs`, the round trip of their
   * newest ping, is kept for the others while it is slow.
   */
  touch(connectionId: string, classroomIds: readonly string[], rttMs?: number): Promise<TouchOutcome>;
  /**
   * Ends the leases of classrooms that nobody's `touch` looks after any more, some of them at a time. A classroom with
   * nobody in it is not looked at again before the next join. Two sweeps at once do no harm.
   */
  sweep(): Promise<SweepOutcome>;
  /** Up to `limit` chat messages below seq `before` (or the newest), oldest first. */
  history(
    classroomId: string,
    connectionId: string,
    page: { before?: number | undefined; limit: number },
  ): Promise<{ events: readonly ClassroomEvent[]; hasOlder: boolean }>;
  /**
   * Counts a frame of a connection that could not be read; resolves with how many there were since the first of them, which
   * is forgotten with those after it once it is `windowMs` old. Needs no seat.
   */
  strike(connectionId: string, windowMs: number): Promise<number>;
  /**
   * Keeps a part of a frame; resolves with the frame's text at its last part, once, whatever the order and however often
   * parts come. Frames that are not whole after `chunkMs`, or that a connection began first when all of them exceed
   * `chunkBytes`, are given up. Rejects with `bad-envelope` if a part contradicts the others, with `payload-too-large` if
   * the frame alone is larger. Needs no seat.
   */
  gather(connectionId: string, chunk: Chunk): Promise<string | undefined>;
  close(): Promise<void>;
}
