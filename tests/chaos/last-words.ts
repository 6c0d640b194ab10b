import type { Tab } from '../harness/recorder.ts';
import { until } from '../harness/until.ts';
import { say, type Stage } from './operations.ts';

/** Other rounds may be played beside this one, and each of these waits may need a link that comes back first. */
const PATIENCE_MS = 40_000;

/**
 * What every round does once it is healed, so that no seed can leave it out: one who leaves in the middle of a frame, one whose
 * frames are carried out twice and whose acks are lost, one who tries a classroom that the token does not name, one whom the
 * teacher mutes, makes an observer and removes, one whose end the backend is never told of, and, where there is a replica, one
 * whose last words die with the primary.
 */
export async function lastWords({ cluster, store, random, rooms }: Stage): Promise<void> {
  const [room = '', foreign = ''] = rooms;
  const enter = async (name: string, userId: string, role: 'teacher' | 'student'): Promise<Tab> => {
    const tab = cluster.openTab(name, userId, { [room]: role }, random);
    const view = viewOf(tab, room);
    view.isWanted = true;
    await view.classroom.join();
    return tab;
  };
  const speaker = await enter('speaker', 'ada', 'teacher');
  const leaver = await enter('leaver', 'student-6', 'student');
  const ghost = await enter('ghost', 'student-7', 'student');

  // If it is not refused, the record of the wire says so.
  await leaver.client
    .classroom(foreign)
    .join()
    .catch(() => undefined);

  const left = viewOf(leaver, room);
  left.classroom.on('chat.send', () => {
    if (!left.isWanted) return;
    left.isWanted = false;
    void left.classroom.leave();
  });
  // They leave in one frame, so the first of them is heard with others behind it.
  for (let count = 0; count < 20; count++) say(cluster, speaker.name, viewOf(speaker, room));
  await until('the listener has left', cluster.recorder.on, () => left.classroom.status === 'left');
  await until('the speaker is acked', cluster.recorder.on, () => viewOf(speaker, room).waiting === 0);

  const isAcked = (): boolean => viewOf(speaker, room).waiting === 0;
  // Each frame is carried out twice, and out of turn …
  cluster.faults = { invocation: { routes: ['$default'], twice: 1, delay: { ms: [0, 30] } } };
  for (let count = 0; count < 3; count++) {
    say(cluster, speaker.name, viewOf(speaker, room));
    await until('what is carried out twice is acked', cluster.recorder.on, isAcked, PATIENCE_MS);
  }
  // … and what is kept but never acked is said again on the next socket.
  let lost = 0;
  cluster.faults = { post: { drop: 1 } };
  const posts = (look: () => void) =>
    cluster.onGatewayEvent(({ type }) => {
      if (type === 'posted') lost += 1;
      look();
    });
  say(cluster, speaker.name, viewOf(speaker, room));
  await until('acks are lost', posts, () => lost >= 5, PATIENCE_MS);
  cluster.faults = {};
  cluster.server.gateway.cut('all', 'drop');
  await until('what is said again is acked', cluster.recorder.on, isAcked, PATIENCE_MS);

  const pupil = await enter('pupil', 'student-8', 'student');
  const taught = viewOf(speaker, room).classroom;
  const tries = async (what: string): Promise<void> => {
    say(cluster, pupil.name, viewOf(pupil, room));
    await until(what, cluster.recorder.on, () => viewOf(pupil, room).waiting === 0, PATIENCE_MS);
  };
  // Each is kept before the pupil speaks, so the log tells what they may.
  await taught.access.set('chat', false, pupil.userId);
  await tries('the muted pupil has tried');
  await taught.access.set('chat', true, pupil.userId);
  await tries('the pupil has spoken');
  // Spoken meanwhile, too: from the step on that makes them an observer, not from when they hear of it.
  const appointed = taught.setRole(pupil.userId, 'observer');
  for (let count = 0; count < 3; count++) await tries('the pupil has spoken on');
  await appointed;
  await tries('the observer has tried');
  await taught.setRole(pupil.userId, undefined);
  await taught.state.set('hand', { raisedAt: 1 }, pupil.userId);
  await taught.remove(pupil.userId);
  await tries('the removed pupil has tried');
  cluster.closeTab(pupil);

  await until(
    'the ghost is here',
    cluster.recorder.on,
    () => ghost.client.status === 'connected',
    PATIENCE_MS,
  );
  cluster.faults = { disconnect: { lose: 1 } };
  // Others may come back at this moment, so that as many are there as before.
  const before = cluster.server.gateway.connections;
  cluster.closeTab(ghost);
  const hasGone = (): boolean => {
    const now = new Set(cluster.server.gateway.connections);
    return before.some((id) => !now.has(id));
  };
  await until('the gateway sees the ghost go', cluster.onGatewayEvent, hasGone);
  cluster.faults = {};

  // What the replica has not heard of, no ack may call replicated.
  if (store === 'replicas') {
    cluster.holdReplica();
    for (let count = 0; count < 5; count++) say(cluster, speaker.name, viewOf(speaker, room));
    await until('the speaker is acked again', cluster.recorder.on, () => viewOf(speaker, room).waiting === 0);
    await cluster.failOverStore();
    say(cluster, speaker.name, viewOf(speaker, room));
    await until(
      'the speaker is acked at last',
      cluster.recorder.on,
      () => viewOf(speaker, room).waiting === 0,
    );
  }
  cluster.closeTab(speaker);
  cluster.closeTab(leaver);
}

function viewOf(tab: Tab, room: string) {
  const view = tab.views.get(room);
  if (!view) throw new Error(`${tab.name} has no view of ${room}`);
  return view;
}
