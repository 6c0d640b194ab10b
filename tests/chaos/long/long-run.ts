import type { Role } from '@chalkline/client-sdk';
import { Random } from '../../harness/random.ts';
import { startRedis } from '../../harness/redis.ts';
import { until } from '../../harness/until.ts';
import { Auditor } from './auditor.ts';
import { startBackend } from './backend-link.ts';
import { disturb, emptyStore, type Victims } from './disturb.ts';
import { note, type Faultfinding } from './ledger.ts';
import { LoadMember } from './load-member.ts';

export interface LongRunOptions {
  messages: number;
  seed: number;
  progress: (line: string) => void;
}

/** The figures of a long run; the last four kinds of trouble are promised to be zero. */
export interface LongRunReport extends Faultfinding {
  seed: number;
  messages: number;
  acked: number;
  delivered: number;
  recoveries: number;
  discontinuities: number;
  /** How often each kind of fault struck. */
  faults: Record<string, number>;
  seconds: number;
  /** The most memory of this process and of the backend's, in MB. */
  peakRssMb: { members: number; backend: number };
}

const rooms = ['math-101', 'choir-2', 'lab-3'] as const;
const seats: readonly { userId: string; role: Role }[] = [
  { userId: 'ada', role: 'teacher' },
  { userId: 'ben', role: 'student' },
  { userId: 'ben', role: 'student' },
  { userId: 'student-4', role: 'student' },
  { userId: 'chen', role: 'observer' },
];
/** So many acked messages between two disturbances. */
const PACE = 1_000;
/** How often Redis comes back empty in one run. */
const EMPTYINGS = 3;
/** So long without one ack means that something is stuck, in ms. */
const PATIENCE_MS = 60_000;

/** Sends `messages` through everything that can go wrong, and holds what each member heard against the log. */
export async function longRun({ messages, seed, progress }: LongRunOptions): Promise<LongRunReport> {
  const startedAt = Date.now();
  const random = new Random(seed);
  const found: Faultfinding = { lost: 0, doubled: 0, reordered: 0, ghosts: 0, examples: [] };
  const counts = { acked: 0, delivered: 0, recoveries: 0, discontinuities: 0 };
  const runFaults: Record<string, number> = {};
  let gatewayFaults: Record<string, number> = {};
  const peakRssMb = { members: 0, backend: 0 };
  const listeners = new Set<() => void>();
  const onNews = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  const redis = await startRedis();
  const backend = await startBackend(redis.url, (report) => {
    if (report.type !== 'tally') return;
    gatewayFaults = report.faults;
    peakRssMb.backend = Math.max(peakRssMb.backend, report.rssMb);
    peakRssMb.members = Math.max(peakRssMb.members, Math.round(process.memoryUsage().rss / 2 ** 20));
    // Twice a second: often enough to see whether all is done, and nobody waits for less.
    for (const listener of [...listeners]) listener();
  });
  const auditor = new Auditor(redis.url, rooms, found);
  let left = messages;
  const members = rooms.flatMap((classroomId, room) =>
    seats.map(({ userId, role }, index) => {
      const sender = room * seats.length + index;
      return new LoadMember({
        url: backend.url,
        userId,
        tag: `${classroomId}/${userId}/${index}`,
        sender,
        role,
        classroomId,
        random: random.fork(),
        auditor,
        found,
        counts,
        takeOne: () => left > 0 && (left -= 1) >= 0,
      });
    }),
  );
  const victims: Victims = {
    random,
    backend,
    redis,
    auditor,
    members,
    count: (kind) => (runFaults[kind] = (runFaults[kind] ?? 0) + 1),
  };

  const reading = readAgainAndAgain(auditor);
  try {
    await Promise.all(members.map((member) => member.join()));
    const emptyAt = Array.from({ length: EMPTYINGS }, () => random.int(PACE, messages - PACE)).sort(
      (a, b) => a - b,
    );
    let shownAt = 0;
    for (let goal = PACE; goal < messages; goal += PACE) {
      await until(`${goal} acks`, onNews, () => counts.acked >= goal, PATIENCE_MS);
      if ((emptyAt[0] ?? Infinity) <= counts.acked) {
        emptyAt.shift();
        await reading.pause();
        victims.redis = await emptyStore(victims);
        reading.resume();
      } else await disturb(victims);
      for (const member of members) member.checkUp();
      if (Date.now() - shownAt < 5_000) continue;
      shownAt = Date.now();
      progress(lineOf(counts, found, startedAt, messages));
    }
    backend.order({ type: 'faults', faults: {} });
    await victims.redis.kill('SIGCONT');
    for (const { env } of members) env.goOnline('later');
    await until('every ack', onNews, () => counts.acked >= messages, PATIENCE_MS);
    await reading.stop();
    await comeToRest(members, auditor, onNews, found);
  } finally {
    await reading.stop();
    await victims.redis.kill('SIGCONT');
    for (const member of members) member.close();
    auditor.close();
    await backend.stop();
    await victims.redis.stop();
  }
  return {
    seed,
    messages,
    ...counts,
    ...found,
    faults: { ...gatewayFaults, ...runFaults },
    seconds: Math.round((Date.now() - startedAt) / 1000),
    peakRssMb,
  };
}

/** Waits until everyone has the log and sees just those who are there; what does not come to pass is counted. */
async function comeToRest(
  members: readonly LoadMember[],
  auditor: Auditor,
  onNews: (listener: () => void) => () => void,
  found: Faultfinding,
): Promise<void> {
  const membersOf = (room: string) => members.filter(({ options }) => options.classroomId === room);
  const lacks = ({ classroom, options }: LoadMember): number => {
    const head = auditor.head(options.classroomId);
    const { position } = classroom;
    return position && position.epoch === head?.epoch
      ? Math.max(0, head.seq - position.seq)
      : (head?.seq ?? 0);
  };
  const ghostsOf = ({ classroom, options }: LoadMember): string[] => {
    const living = new Set(membersOf(options.classroomId).map(({ options: { userId } }) => userId));
    const shown = classroom.presence.members.filter(({ status }) => status === 'online');
    const wrong = classroom.presence.members.filter(
      ({ userId, status }) => !living.has(userId) || status !== 'online',
    );
    const missing = [...living].filter((userId) => !shown.some((member) => member.userId === userId));
    return [...wrong.map(({ userId }) => userId), ...missing];
  };
  const isQuiet = (): boolean =>
    members.every((member) => ghostsOf(member).length === 0 && lacks(member) === 0);
  try {
    for (let reading = 1; reading <= 10; reading++) {
      for (const { client } of members) client.reconnect();
      await auditor.read();
      await until('everyone has the log and sees who is there', onNews, isQuiet, 20_000);
      await auditor.read();
      if (isQuiet()) break;
    }
  } catch (error) {
    found.examples.push(String(error));
  }
  for (const member of members) {
    member.checkUp();
    const behind = lacks(member);
    if (behind > 0) note(found, 'lost', behind, `${member.name} ends ${behind} events behind the log`);
    for (const userId of ghostsOf(member))
      note(found, 'ghosts', 1, `${member.name} is wrong about ${userId}`);
  }
}

/** Follows the log as it grows; `pause` and `stop` resolve when no reading is under way. */
function readAgainAndAgain(auditor: Auditor) {
  let isPaused = false;
  let underWay: Promise<void> | undefined;
  let problem: unknown;
  const timer = setInterval(() => {
    if (isPaused || underWay) return;
    underWay = auditor
      .read()
      .catch((error: unknown) => (problem ??= error))
      .finally(() => (underWay = undefined))
      .then(() => undefined);
  }, 200);
  const pause = async (): Promise<void> => {
    isPaused = true;
    await underWay;
    if (problem !== undefined)
      throw problem instanceof Error ? problem : new Error('the log could not be read');
  };
  return {
    pause,
    resume: () => void (isPaused = false),
    stop: async () => {
      clearInterval(timer);
      await pause();
    },
  };
}

function lineOf(
  {
    acked,
    delivered,
    recoveries,
    discontinuities,
  }: Record<'acked' | 'delivered' | 'recoveries' | 'discontinuities', number>,
  { lost, doubled, reordered, ghosts }: Faultfinding,
  startedAt: number,
  messages: number,
): string {
  const seconds = (Date.now() - startedAt) / 1000;
  const rate = Math.round(acked / seconds);
  return (
    `${Math.round(seconds)} s: ${acked} of ${messages} acked (${rate}/s), ${delivered} delivered, ` +
    `${recoveries} recoveries, ${discontinuities} discontinuities; ` +
    `${lost} lost, ${doubled} doubled, ${reordered} reordered, ${ghosts} ghosts`
  );
}
