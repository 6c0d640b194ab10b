import { randomUUID } from 'node:crypto';
import { statusOf } from './settle.ts';
import { SmokeSocket } from './smoke-socket.ts';

/** Who takes part, and where. */
export interface SmokeCast {
  url: string;
  classroomId: string;
  /** Tokens that name the classroom: of a teacher and of a student. */
  tokens: { ada: string; ben: string };
  /** One that ended a minute ago; absent if nobody here can sign. */
  endedToken?: string | undefined;
}

/** Figures in ms, for the reader and for a monitor. */
export type Figures = Readonly<Record<string, number>>;

export interface Check {
  name: string;
  /** Resolves with what was measured. @throws Error with a reason. */
  run: (cast: SmokeCast) => Promise<Figures>;
}

const ROUNDS = 20;
const MISSED = 5;
const NO_FIGURES: Figures = {};

/** In the order in which they run: each leaves the classroom as empty as it found it. */
export const checks: readonly Check[] = [
  {
    name: 'refuses a socket without a token, with a forged one and with one that ended',
    async run({ url, endedToken }) {
      await refuses(401, () => SmokeSocket.open(url, undefined));
      await refuses(401, () => SmokeSocket.open(url, 'forged.token.here'));
      if (endedToken !== undefined) await refuses(401, () => SmokeSocket.open(url, endedToken));
      return NO_FIGURES;
    },
  },
  {
    name: 'connects, and echoes the app protocol alone',
    async run({ url, tokens }) {
      const [socket, handshakeMs] = await timed(() => SmokeSocket.open(url, tokens.ada));
      const { protocol } = socket;
      socket.close();
      if (protocol !== 'chalkline.v1')
        throw new Error('the server chose another subprotocol than chalkline.v1');
      return { handshakeMs };
    },
  },
  {
    name: 'joins, and shows members to each other',
    run: (cast) =>
      together(cast, async (ada, _ben, joinMs) => {
        await ada.hears(
          'member.join',
          (event) => event.action === 'events' && hasType(event.events, 'member.join'),
        );
        return { joinMs };
      }),
  },
  {
    name: 'publishes: acked to the sender, delivered once to the other',
    run: (cast) =>
      together(cast, async (ada, ben) => {
        const ackMs: number[] = [];
        const deliveryMs: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const id = randomUUID();
          const startedAt = performance.now();
          const heard = ben.hearsMessage(id).then(() => deliveryMs.push(performance.now() - startedAt));
          await Promise.all([
            ada
              .publish(cast.classroomId, `smoke ${round}`, id)
              .then(() => ackMs.push(performance.now() - startedAt)),
            heard,
          ]);
        }
        return {
          ackP50Ms: quantile(ackMs, 0.5),
          ackP99Ms: quantile(ackMs, 0.99),
          deliveryP50Ms: quantile(deliveryMs, 0.5),
          deliveryP99Ms: quantile(deliveryMs, 0.99),
        };
      }),
  },
  {
    name: 'gives a message that is sent again its first position',
    run: (cast) =>
      together(cast, async (ada) => {
        const first = await ada.publish(cast.classroomId, 'once');
        const again = await ada.publish(cast.classroomId, 'once', first.id);
        if (again.seq !== first.seq) throw new Error(`seq ${first.seq}, then ${again.seq}`);
        return NO_FIGURES;
      }),
  },
  {
    name: 'recovers all that was missed after a drop',
    run: (cast) =>
      together(cast, async (ada, ben, _joinMs, { head }) => {
        ben.drop();
        const sent: string[] = [];
        for (let index = 0; index < MISSED; index++) {
          sent.push((await ada.publish(cast.classroomId, `missed ${index}`)).id);
        }
        const [[back, joined], recoveryMs] = await timed(async () => {
          const socket = await SmokeSocket.open(cast.url, cast.tokens.ben);
          return [socket, await socket.join(cast.classroomId, head)] as const;
        });
        back.close();
        const ids = joined.events.map(({ id }) => id);
        const lost = sent.filter((id) => ids.filter((known) => known === id).length !== 1);
        if (!joined.recovered) throw new Error('the server says that it could not recover');
        if (lost.length > 0)
          throw new Error(`${lost.length} of ${MISSED} messages did not come exactly once`);
        return { recoveryMs };
      }),
  },
  {
    name: 'refuses another classroom, and what it cannot read, and keeps the socket',
    run: (cast) =>
      together(cast, async (ada) => {
        const elsewhere = ada.send({
          action: 'join',
          clientId: 'smoke',
          classroomId: `elsewhere-${randomUUID()}`,
        });
        const refusal = await ada.hears(
          'error',
          (event) => event.action === 'error' && event.ref === elsewhere,
        );
        if (refusal.action !== 'error' || refusal.code !== 'forbidden')
          throw new Error('it was not forbidden');
        ada.sendRaw('rubbish');
        const answer = await ada.hears('error', (event) => event.action === 'error');
        if (answer.action !== 'error' || answer.code !== 'bad-envelope') throw new Error('rubbish was read');
        await ada.publish(cast.classroomId, 'still here');
        return NO_FIGURES;
      }),
  },
  {
    name: 'tells the others of a clean leave and of a drop',
    run: (cast) =>
      together(cast, async (ada, ben) => {
        const startedAt = performance.now();
        ben.close();
        await ada.hears(
          'member.leave',
          (event) => event.action === 'events' && hasType(event.events, 'member.leave'),
        );
        const leaveMs = performance.now() - startedAt;
        const again = await SmokeSocket.open(cast.url, cast.tokens.ben);
        await again.join(cast.classroomId);
        const droppedAt = performance.now();
        again.drop();
        await ada.hears(
          'member.drop',
          (event) => event.action === 'events' && hasType(event.events, 'member.drop'),
        );
        return { leaveMs, dropMs: performance.now() - droppedAt };
      }),
  },
];

type Head = Awaited<ReturnType<SmokeSocket['join']>>['head'];

/** Ada and Ben in the classroom; both have left it when `work` has ended, however it did. */
async function together(
  { url, classroomId, tokens }: SmokeCast,
  work: (ada: SmokeSocket, ben: SmokeSocket, joinMs: number, joined: { head: Head }) => Promise<Figures>,
): Promise<Figures> {
  const ada = await SmokeSocket.open(url, tokens.ada);
  let ben: SmokeSocket | undefined;
  try {
    await ada.join(classroomId);
    ben = await SmokeSocket.open(url, tokens.ben);
    const second = ben;
    const [joined, joinMs] = await timed(() => second.join(classroomId));
    return await work(ada, ben, joinMs, joined);
  } finally {
    ben?.close();
    ada.close();
  }
}

async function refuses(status: number, open: () => Promise<SmokeSocket>): Promise<void> {
  const seen = await statusOf(open);
  if (seen === 101) throw new Error('it was let in');
  if (seen !== status) throw new Error(`the handshake was refused with ${seen}`);
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startedAt = performance.now();
  return [await work(), performance.now() - startedAt];
}

function hasType(events: readonly { type: string }[], type: string): boolean {
  return events.some((event) => event.type === type);
}

function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
