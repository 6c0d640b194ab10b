import type { Role } from '@chalkline/client-sdk';
import { Cluster } from '../harness/cluster.ts';
import { finalInvariants } from '../harness/final-invariants.ts';
import { invariants, READER, type FinalEvidence, type Invariant, type Truth } from '../harness/invariants.ts';
import { ownMessages, type OwnMessages } from '../harness/own-messages.ts';
import { Random } from '../harness/random.ts';
import type { Tab, View } from '../harness/recorder.ts';
import { areEqual } from '../harness/scribble.ts';
import type { StoreKind } from '../harness/store-host.ts';
import { until } from '../harness/until.ts';
import { drawFaults } from './draw-faults.ts';
import { lastWords } from './last-words.ts';
import { act, operationWeights, type Operation, type Stage } from './operations.ts';

export interface RoundOptions {
  seed: number;
  store: StoreKind;
  /** @default 120 */
  steps?: number;
  /** Hears of each operation before it happens. */
  trace?: (line: string) => void;
}

/** What a round was made of. */
export interface RoundReport {
  faults: Record<string, number>;
  operations: Record<string, number>;
  published: number;
  acked: number;
  delivered: number;
  recoveries: number;
  discontinuities: number;
}

const rooms = ['math-101', 'choir-2'] as const;
const people: Readonly<Record<string, Role>> = { ada: 'teacher', ben: 'student', chen: 'observer' };

/** The command that plays a round again. The seed fixes what is done and what fails; the machine still has its timing. */
export const replayOf = ({ seed, store, steps }: RoundOptions): string =>
  `npx -y pnpm@12 chaos --round ${seed} --store ${store}${steps === undefined ? '' : ` --steps ${steps}`}`;

/**
 * One round: random operations under random faults, invariants after every step; then all is healed, and everyone's view
 * is compared with the store's log and with a newcomer's.
 * @throws Error with the broken invariants, the seed and the command that plays the round again.
 */
export async function playRound(options: RoundOptions): Promise<RoundReport> {
  const { seed, store, steps = 120, trace = () => undefined } = options;
  const random = new Random(seed);
  const report: RoundReport = {
    faults: {},
    operations: {},
    published: 0,
    acked: 0,
    delivered: 0,
    recoveries: 0,
    discontinuities: 0,
  };
  const count = (counts: Record<string, number>, name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const cluster = await Cluster.start({ store, onFault: (kind) => count(report.faults, kind) });
  const { tabs, appointed } = cluster.recorder;
  const evidence = { tabs, appointed };
  let step = 0;
  try {
    const stage: Stage = { cluster, store, random, rooms, seats: seatsOf(random), opened: 0, trace };
    for (const seat of stage.seats) await act('open', stage, seat);
    cluster.faults = drawFaults(random);
    const weights = operationWeights(store);
    for (step = 1; step <= steps; step++) {
      if (step % 30 === 0) cluster.faults = drawFaults(random);
      const operation: Operation = random.weighted(weights);
      count(report.operations, operation);
      trace(`${step} ${operation}`);
      await act(operation, stage, random.pick(stage.seats));
      // Without its store the gateway has next to nothing to do.
      await letTheWorldMove(cluster, random.int(0, cluster.isStalled ? 3 : 25));
      judge(invariants, evidence);
    }
    const classrooms = await comeToRest(stage);
    judge(invariants, evidence);
    judge<FinalEvidence>(finalInvariants, {
      ...evidence,
      classrooms,
      mayPublish: (role, type) => publishersOf(type).includes(role),
    });
    for (const tab of cluster.recorder.tabs) if (!tab.isClosed) cluster.closeTab(tab);
    judge(invariants, evidence);
  } catch (cause) {
    const problem = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    throw new Error(
      `seed ${seed}, step ${step} of ${steps}: ${problem}\n${summaryOf(cluster)}\nreplay: ${replayOf(options)}`,
      { cause },
    );
  } finally {
    await cluster.close();
  }
  for (const { view, tab } of cluster.recorder.views) {
    report.published += view.published.length;
    report.acked += view.published.filter(({ outcome }) => outcome === 'kept').length;
    report.delivered += view.runs.reduce((sum, { heard }) => sum + heard.length, 0);
    report.discontinuities += view.runs.filter(({ because }) => because === 'discontinuity').length;
    report.recoveries += tab.wire.recoveries.filter(
      ({ recovered, classroomId }) => recovered && classroomId === view.classroom.id,
    ).length;
  }
  return report;
}

/** Some tabs for each user: three roles, one of them twice, and a student whose token names one classroom only. */
function seatsOf(random: Random): Stage['seats'] {
  const everywhere = (role: Role) => Object.fromEntries(rooms.map((room) => [room, role]));
  const seats = Object.entries(people).map(([userId, role]) => ({ userId, classrooms: everywhere(role) }));
  const again = random.pick(seats);
  return [
    ...seats,
    again,
    { userId: 'student-4', classrooms: everywhere('student') },
    { userId: 'student-5', classrooms: { [rooms[0]]: 'student' as const } },
  ].map((seat, index) => ({ ...seat, index, tab: undefined }));
}

function publishersOf(type: string): readonly Role[] {
  if (type === 'chat.announce') return ['teacher'];
  if (/^(chat\.|board\.update|state\.set)/.test(type)) return ['teacher', 'student'];
  return Object.hasOwn(ownMessages, type) ? ownMessages[type as keyof OwnMessages].publishers : [];
}

/** Progress is counted in what the gateway does, never in time; where no tab is open it does nothing. */
async function letTheWorldMove(cluster: Cluster, events: number): Promise<void> {
  const isAlive = cluster.recorder.tabs.some(({ isClosed, env }) => !isClosed && env.isOnline);
  if (events === 0 || !isAlive) return;
  let left = events;
  await until(
    `${events} events of the gateway`,
    (look) =>
      cluster.onGatewayEvent(() => {
        left -= 1;
        look();
      }),
    () => left <= 0,
  );
}

function judge<E>(all: Readonly<Record<string, Invariant<E>>>, evidence: E): void {
  const broken = Object.entries(all).flatMap(([name, invariant]) =>
    [...invariant(evidence)].map((problem) => `${name}: ${problem}`),
  );
  if (broken.length > 0)
    throw new Error(`${broken.length} broken promises\n${broken.slice(0, 20).join('\n')}`);
}

const READINGS = 15;

/** Heals everything, waits until all has come to rest, and reads what is true. */
async function comeToRest(stage: Stage): Promise<Map<string, Truth>> {
  const { cluster, random, trace } = stage;
  const { recorder } = cluster;
  await cluster.heal();
  // At least one tab is there to see.
  if (recorder.tabs.every(({ isClosed }) => isClosed)) await act('open', stage, random.pick(stage.seats));
  const live = (id: string): { tab: Tab; view: View }[] =>
    recorder.views.filter(({ tab, view }) => !tab.isClosed && view.isWanted && view.classroom.id === id);
  const livingIn = (id: string): Set<string> => new Set(live(id).map(({ tab }) => tab.userId));
  const isSettled = (): boolean =>
    recorder.views.every(({ tab, view }) => view.waiting === 0 && (tab.isClosed || isWhole(tab, view)));
  const areSeen = (): boolean =>
    rooms.every((id) => {
      const living = livingIn(id);
      return live(id).every(({ view }) => {
        const shown = view.classroom.presence.members.filter(({ userId }) => userId !== READER);
        return (
          shown.length === living.size && shown.every((m) => living.has(m.userId) && m.status === 'online')
        );
      });
    });
  const areDrawn = (): boolean =>
    rooms.every(
      (id) =>
        live(id).every(({ view: { board } }) => board?.status !== 'loading') &&
        areEqual(live(id).flatMap(({ view: { board } }) => board?.doc ?? [])),
    );
  const standAt = (
    logs: Map<string, Pick<Truth, 'epoch' | 'log'>>,
    compare: (seq: number, end: number) => boolean,
  ) =>
    [...logs].every(([id, { epoch, log }]) =>
      live(id).every(({ view: { classroom } }) => {
        const { position } = classroom;
        return position?.epoch === epoch && compare(position.seq, log.length);
      }),
    );

  await cluster.quiet('everyone is joined and nothing waits', isSettled);
  await lastWords(stage);
  const everywhere = Object.fromEntries(rooms.map((room) => [room, 'observer' as const]));
  const newcomer = cluster.openTab('newcomer', 'newcomer', everywhere, random);
  for (const view of newcomer.views.values()) {
    view.isWanted = true;
    view.openBoard(recorder.notify);
    await view.classroom.join();
  }
  let logs = new Map<string, Pick<Truth, 'epoch' | 'log'>>();
  // A link that was found dead only now, or a lease that ends, still writes to the log: then it is read once more.
  for (let reading = 1; reading <= READINGS; reading++) {
    try {
      await cluster.quiet(
        'everyone sees just those who are there, and what was drawn',
        () => isSettled() && areSeen() && areDrawn(),
      );
      logs = new Map();
      for (const id of rooms) logs.set(id, await cluster.readLog(id));
      await cluster.quiet('everyone has the log', () => standAt(logs, (seq, end) => seq >= end));
    } catch (error) {
      // The invariants say who is a ghost and who is behind; the wait only says that somebody is.
      trace(String(error));
      for (const id of rooms) logs.set(id, await cluster.readLog(id));
      // The reader, whose lease has ended meanwhile, has joined anew: nobody is told of it but by a ping.
      await cluster
        .quiet('everyone has the log', () => standAt(logs, (seq, end) => seq >= end), 5_000)
        .catch((late: unknown) => trace(String(late)));
      break;
    }
    if (isSettled() && areSeen() && standAt(logs, (seq, end) => seq === end)) break;
  }
  return new Map(
    [...logs].map(([id, log]) => {
      const { presence, chat, state } = newcomer.client.classroom(id);
      const board = newcomer.views.get(id)?.board?.doc;
      const shown = {
        members: presence.members,
        chat: chat.messages.slice(-50),
        state: state.entries,
        board,
      };
      return [id, { ...log, newcomer: shown, living: livingIn(id) }];
    }),
  );
}

function isWhole({ client }: Tab, { classroom, isWanted }: View): boolean {
  return !isWanted || (client.status === 'connected' && classroom.status === 'joined');
}

function summaryOf(cluster: Cluster): string {
  return cluster.recorder.tabs
    .map(({ name, client, isClosed, views }) => {
      const rooms = [...views.values()].map(
        ({ classroom, waiting, isWanted }) =>
          `${classroom.id} ${classroom.status} wanted ${isWanted} at ${classroom.position?.seq} waiting ${waiting}`,
      );
      return `${name}: ${isClosed ? 'closed' : client.status} ${client.cause?.message ?? ''} ${rooms.join('; ')}`;
    })
    .join('\n');
}
