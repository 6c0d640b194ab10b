import type { Role } from '@chalkline/client-sdk';
import type { Cluster } from '../harness/cluster.ts';
import type { OwnMessages } from '../harness/own-messages.ts';
import type { Random } from '../harness/random.ts';
import type { Tab, View } from '../harness/recorder.ts';
import { scribble } from '../harness/scribble.ts';
import type { StoreKind } from '../harness/store-host.ts';
import { classControl } from './class-control.ts';
import { drawFaults } from './draw-faults.ts';

/** A place where a user has a tab open, or none. */
export interface SeatOfTab {
  index: number;
  userId: string;
  classrooms: Readonly<Record<string, Role>>;
  tab: Tab | undefined;
}

/** Everything that an operation may touch. */
export interface Stage {
  cluster: Cluster;
  store: StoreKind;
  random: Random;
  rooms: readonly string[];
  seats: SeatOfTab[];
  /** How many tabs have been opened: each has a name of its own. */
  opened: number;
  trace: (line: string) => void;
}

/** What a round does, and how often; Redis can be hurt only where there is one, and fail over only where there are two. */
export const operationWeights = (store: StoreKind) => ({
  say: 30,
  burst: 6,
  publish: 12,
  large: 3,
  forbidden: 3,
  trespass: 2,
  draw: 10,
  mute: 3,
  raiseHand: 5,
  setState: 5,
  appoint: 2,
  remove: 1,
  readmit: 5,
  change: 14,
  whisper: 3,
  type: 6,
  history: 4,
  leave: 3,
  join: 8,
  close: 3,
  open: 6,
  dropSockets: 4,
  goOffline: 4,
  goOnline: 8,
  wake: 3,
  cutOne: 4,
  cutAll: 1,
  halfOpen: 2,
  // What would be deployed takes no post that is not signed.
  goAway: store === 'rehearsal' ? 0 : 3,
  faults: 2,
  heal: 2,
  stallStore: store === 'memory' ? 0 : 2,
  holdReplica: store === 'replicas' ? 3 : 0,
  resumeStore: store === 'memory' ? 0 : 20,
  // … and no user of its cache may do this.
  killStoreConnections: store === 'redis' || store === 'replicas' ? 2 : 0,
  emptyStore: store === 'redis' ? 0.7 : 0,
  failOverStore: store === 'replicas' ? 3 : 0,
});

export type Operation = keyof ReturnType<typeof operationWeights>;

type Verb = (stage: Stage, seat: SeatOfTab) => void | Promise<void>;

/** Does one thing in one tab, or to all of them. What the tab cannot do now is left out: that, too, is the seed's choice. */
export async function act(operation: Operation, stage: Stage, seat: SeatOfTab): Promise<void> {
  await verbs[operation](stage, seat);
}

const verbs: Record<Operation, Verb> = {
  say: (stage, seat) => inRoom(stage, seat, (view) => say(stage.cluster, seat.tab?.name ?? '', view)),
  burst: (stage, seat) =>
    inRoom(stage, seat, (view) => {
      for (let left = stage.random.int(2, 60); left > 0; left--)
        say(stage.cluster, seat.tab?.name ?? '', view);
    }),
  publish: (stage, seat) =>
    inRoom(stage, seat, (view) =>
      publish(stage, view, view.role === 'teacher' ? 'lesson.mark' : 'quiz.answer'),
    ),
  large: (stage, seat) =>
    inRoom(stage, seat, (view) => {
      // From one chunk up to what needs several on the way down, too; no slice may end inside an emoji.
      publish(stage, view, 'note.take', 'é😀"'.repeat(stage.random.int(4_000, 20_000)));
    }),
  forbidden: (stage, seat) =>
    inRoom(stage, seat, (view) =>
      publish(stage, view, view.role === 'teacher' ? 'quiz.answer' : 'lesson.mark'),
    ),
  draw: (stage, seat) =>
    inRoom(stage, seat, ({ board }) => {
      // An observer, too: what is refused is taken back.
      if (board) scribble(board.doc, stage.random);
    }),
  mute: control(classControl.mute),
  raiseHand: control(classControl.raiseHand),
  setState: control(classControl.setState),
  appoint: control(classControl.appoint),
  remove: control(classControl.remove),
  readmit: control(classControl.readmit),
  change: (stage, seat) => inRoom(stage, seat, (view) => change(stage, view)),
  whisper: (stage, seat) =>
    inRoom(stage, seat, (view) => say(stage.cluster, seat.tab?.name ?? '', view, true)),
  trespass: ({ rooms }, { tab, classrooms }) => {
    for (const room of rooms) {
      // Refused with `forbidden`; what is heard nevertheless is on the wire's record.
      if (!Object.hasOwn(classrooms, room))
        void tab?.client
          .classroom(room)
          .join()
          .catch(() => undefined);
    }
  },
  type: (stage, seat) =>
    inRoom(stage, seat, ({ classroom }) => {
      if (stage.random.chance(0.7)) classroom.typing.start();
      else classroom.typing.stop();
    }),
  history: (stage, seat) =>
    inRoom(stage, seat, ({ classroom }) => {
      // Refused where the link is down, which is no news.
      void classroom.chat.loadOlder().catch(() => undefined);
    }),
  join: (stage, seat) => {
    const view = pickView(stage, seat);
    if (view) join(view);
  },
  leave: (stage, seat) =>
    inRoom(stage, seat, (view) => {
      view.isWanted = false;
      void view.classroom.leave();
    }),
  open: (stage, seat) => {
    if (seat.tab) return;
    const { cluster, random } = stage;
    const name = `${seat.userId}/${(stage.opened += 1)}`;
    const tokenLifeS = random.chance(0.3) ? 3 : 3600;
    const swapMs = random.chance(0.3) ? random.int(300, 3_000) : 6_600_000;
    const options = { tokenLifeS, swapMs };
    seat.tab = cluster.openTab(name, seat.userId, seat.classrooms, random.fork(), options);
    for (const view of seat.tab.views.values()) {
      view.openBoard(cluster.recorder.notify);
      if (random.chance(0.9)) join(view);
    }
  },
  close: ({ cluster }, seat) => {
    if (!seat.tab) return;
    cluster.closeTab(seat.tab);
    seat.tab = undefined;
  },
  dropSockets: (_, { tab }) => tab?.env.dropSockets(),
  goOffline: (_, { tab }) => tab?.env.goOffline(),
  goOnline: ({ random, seats }) => {
    const offline = seats.filter(({ tab }) => tab && !tab.env.isOnline);
    for (const { tab } of offline) tab?.env.goOnline(random.pick(['later', 'broken']));
  },
  wake: ({ random }, { tab }) =>
    tab?.env.wake(random.pick(['visible', 'resume', 'pageshow', 'online', 'offline'])),
  cutOne: ({ cluster: { server }, random }) => {
    const { connections } = server.gateway;
    if (connections.length > 0)
      server.gateway.cut(random.pick(connections), random.pick(['go-away', 'drop']));
  },
  cutAll: ({ cluster, random }) => void cluster.server.gateway.cut('all', random.pick(['go-away', 'drop'])),
  halfOpen: ({ cluster: { server }, random }) => {
    const { connections } = server.gateway;
    if (connections.length > 0) server.gateway.cut(random.pick(connections), 'half-open');
  },
  goAway: ({ cluster, random }) => {
    const { connections } = cluster.server.gateway;
    if (connections.length === 0) return;
    const asked = random.chance(0.3) ? connections : [random.pick(connections)];
    cluster.goAway(asked, random.int(0, 400));
  },
  faults: ({ cluster, random }) => {
    cluster.faults = drawFaults(random);
  },
  heal: ({ cluster }) => {
    cluster.faults = {};
  },
  stallStore: ({ cluster }) => cluster.stallStore(),
  holdReplica: ({ cluster }) => cluster.holdReplica(),
  resumeStore: ({ cluster }) => cluster.resumeStore(),
  killStoreConnections: async ({ cluster }) => {
    // One that is stalled would not answer the command either.
    await cluster.resumeStore();
    await cluster.killStoreConnections();
  },
  emptyStore: ({ cluster }) => cluster.emptyStore(),
  failOverStore: ({ cluster }) => cluster.failOverStore(),
};

/** Every other time it is a teacher, where one is there: students are refused most of it. */
function control(work: (stage: Stage, view: View) => void): Verb {
  return (stage, seat) => {
    const teachers = stage.seats.filter(({ tab, userId }) => tab && userId === 'ada');
    const who = teachers.length > 0 && stage.random.chance(0.5) ? stage.random.pick(teachers) : seat;
    inRoom(stage, who, (view) => work(stage, view));
  };
}

function pickView({ random }: Stage, { tab }: SeatOfTab): View | undefined {
  return tab && random.pick([...tab.views.values()]);
}

function inRoom(stage: Stage, seat: SeatOfTab, work: (view: View) => void): void {
  const view = pickView(stage, seat);
  if (view?.isWanted) work(view);
}

function join(view: View): void {
  view.isWanted = true;
  // Rejected with `closed` if it is left before it is joined.
  void view.classroom.join().catch(() => undefined);
}

/** Says something in a classroom that nobody else says, and notes what becomes of it. */
export function say({ recorder }: Cluster, tabName: string, view: View, isPrivate = false): void {
  const mark = `mark-${tabName}-${view.published.length}.`;
  const { id, chat } = view.classroom;
  // To whomever said the newest, if this is a teacher.
  const replyTo = chat.messages.at(-1)?.id;
  const sent = chat.send(`${id} ${mark}`, isPrivate ? { isPrivate, replyTo } : {});
  void view.note(isPrivate ? 'chat.whisper' : 'chat.send', mark, sent, recorder.notify);
}

/** Changes one of the newest messages, though it may not be ours to change, be deleted or not be sent yet. */
function change({ cluster, random }: Stage, view: View): void {
  const { chat, id: room } = view.classroom;
  const newest = chat.messages.slice(-8);
  if (newest.length === 0) return;
  const own = newest.filter(({ isOwn }) => isOwn);
  const { id } = random.pick(own.length > 0 && random.chance(0.6) ? own : newest);
  const mark = `mark-change-${view.published.length}.`;
  const kind = random.pick(['edit', 'edit', 'delete', 'react', 'react', 'unreact'] as const);
  const emoji = random.pick(['👍', '🎉']);
  const changing =
    kind === 'edit'
      ? chat.edit(id, `${room} ${mark}`)
      : kind === 'delete'
        ? chat.delete(id)
        : chat[kind](id, emoji);
  void view.note(`chat.${kind}`, kind === 'edit' ? mark : '', changing, cluster.recorder.notify);
}

function publish({ cluster }: Stage, view: View, type: keyof OwnMessages, text = ''): void {
  const mark = `mark-${type}-${view.published.length}.`;
  const room = view.classroom.id;
  void view.note(type, mark, view.classroom.publish(type, { room, mark, text }), cluster.recorder.notify);
}
