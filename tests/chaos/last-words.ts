import type { Tab } from '../harness/recorder.ts';
import { until } from '../harness/until.ts';
import { say, type Stage } from './operations.ts';

/**
 * What every round does once it is healed, so that no seed can leave it out: one who leaves in the middle of a frame, one
 * who tries a classroom that the token does not name, one whose end the backend is never told of, and, where there is a replica,
 * one whose last words die with the primary.
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

  cluster.faults = { disconnect: { lose: 1 } };
  const before = cluster.server.gateway.connections.length;
  cluster.closeTab(ghost);
  const hasGone = (): boolean => cluster.server.gateway.connections.length < before;
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
