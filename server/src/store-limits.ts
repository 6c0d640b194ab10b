/** How long and how much a store keeps. */
export interface StoreLimits {
  /** Events kept for recovery however old they are. @default 1000 */
  recoveryEvents: number;
  /** Age up to which events are kept for recovery however many there are, in ms. @default 600000 */
  recoveryMs: number;
  /** Upper bound of the log, whatever the two above say. @default 20000 */
  maxEvents: number;
  /** How long a message is known by its id, so that it is kept once however often it is sent, in ms. @default 86400000 */
  dedupeMs: number;
  /**
   * Most ids that are known at one time; the older half of them is forgotten first, whatever their age. Clients rely on a
   * day and on 25,000 later messages (PROTOCOL.md, Publishing): with less, a message that is sent again may be kept twice.
   * @default 50000
   */
  dedupeIds: number;
  /** Chat messages kept for history. @default 10000 */
  chatEvents: number;
  /** How long after it was sent the text of a chat message may be edited, in ms. @default Infinity */
  editMs: number;
  /** Most different emoji that members put to one chat message. @default 20 */
  reactions: number;
  /** … and of how many bytes together, userIds included. @default 16384 */
  reactionBytes: number;
  /** Largest document, in bytes. @default 16777216 */
  documentBytes: number;
  /** Most documents of a classroom. @default 100 */
  documents: number;
  /** For how long whoever compacts a document keeps the others away, in ms. @default 10000 */
  compactionMs: number;
  /** Most entries of the state. @default 500 */
  stateEntries: number;
  /** … and of how many bytes together. @default 1048576 */
  stateBytes: number;
  /** Chat messages given to a newcomer. @default 50 */
  joinChatEvents: number;
  /** How long a silent connection keeps its seat, in ms. @default 60000 */
  leaseMs: number;
  /** How long a dropped member keeps their place, in ms; never longer than `leaseMs`. @default 15000 */
  graceMs: number;
  /** How long a classroom is kept after its last change, in ms. @default 86400000 */
  retentionMs: number;
  /** Publishes of one user in one classroom: the most at once. @default 100 */
  rateBurst: number;
  /** … and how many come back each second. @default 20 */
  ratePerSecond: number;
  /** The same of frames of signals. @default 100 */
  signalBurst: number;
  /** @default 40 */
  signalsPerSecond: number;
  /** The same of joins, of pages of history and of pages of documents, together. @default 400 */
  readBurst: number;
  /** @default 40 */
  readsPerSecond: number;
  /** A message or a frame of signals counts as one more for so many bytes of it. @default 16384 */
  tokenBytes: number;
  /** Most seats of one user in one classroom: a new one takes the place of that which was silent longest. @default 20 */
  seatsPerUser: number;
  /** Bytes of frames in chunks that are held of one connection. @default 2097152 */
  chunkBytes: number;
  /** How long the chunks of a frame are held, in ms. @default 60000 */
  chunkMs: number;
}

export const defaultStoreLimits: StoreLimits = {
  recoveryEvents: 1000,
  recoveryMs: 600_000,
  maxEvents: 20_000,
  dedupeMs: 86_400_000,
  dedupeIds: 50_000,
  chatEvents: 10_000,
  editMs: Infinity,
  reactions: 20,
  reactionBytes: 16_384,
  documentBytes: 16_777_216,
  documents: 100,
  compactionMs: 10_000,
  stateEntries: 500,
  stateBytes: 1_048_576,
  joinChatEvents: 50,
  leaseMs: 60_000,
  graceMs: 15_000,
  retentionMs: 86_400_000,
  rateBurst: 100,
  ratePerSecond: 20,
  signalBurst: 100,
  signalsPerSecond: 40,
  readBurst: 400,
  readsPerSecond: 40,
  tokenBytes: 16_384,
  seatsPerUser: 20,
  chunkBytes: 2_097_152,
  chunkMs: 60_000,
};

/** The limits of a store: its own, and the defaults for the rest. */
export function limitsOf(own: Partial<StoreLimits> = {}): StoreLimits {
  const limits = { ...defaultStoreLimits, ...own };
  return { ...limits, graceMs: Math.min(limits.graceMs, limits.leaseMs) };
}
