import { answerQuestions } from '../worker.ts';

export interface MembersQuestion {
  /** One of each node. */
  urls: string[];
  /** How many members the classroom has; each size has a classroom of its own. */
  size: number;
  /** How many messages to send. */
  count: number;
}

export interface RoomOptions {
  /** Where the member of an index connects: there are as many on each node. */
  urlOf: (index: number) => string;
  size: number;
  /** Called for each member that has received a text, the sender included. */
  received: (text: string) => void;
}

/** Connects the members of one classroom; resolves, once all are there, with what publishes a text to all of them. */
export type OpenRoom = (options: RoomOptions) => Promise<(text: string) => void>;

/** Longest wait for one message; a lost one must not hold the run for ever. */
const DEADLINE_MS = 5_000;

/** A line of chat of ordinary length. */
const WORDS = 'Who can tell me why the sum of the angles of a triangle is always the same?';

/** Answers with the ms that each message took to reach the last member. */
export function measureMembers(openRoom: OpenRoom): void {
  const rooms = new Map<number, Promise<(text: string) => Promise<number>>>();
  let sent = 0;

  const openMeasured = async (urls: string[], size: number): Promise<(text: string) => Promise<number>> => {
    let awaited = '';
    let missing = 0;
    let done: () => void = () => undefined;
    const publish = await openRoom({
      urlOf: (index) => urls[index % urls.length] ?? '',
      size,
      received: (text) => {
        if (text !== awaited) return;
        missing -= 1;
        if (missing === 0) done();
      },
    });
    return (text) =>
      new Promise((resolve, reject) => {
        awaited = text;
        missing = size;
        const deadline = setTimeout(
          () => reject(new Error(`${missing} of ${size} members have not received a message`)),
          DEADLINE_MS,
        );
        const startedAt = performance.now();
        done = () => {
          const ms = performance.now() - startedAt;
          clearTimeout(deadline);
          resolve(ms);
        };
        publish(text);
      });
  };

  answerQuestions(async ({ urls, size, count }: MembersQuestion) => {
    let room = rooms.get(size);
    if (!room) rooms.set(size, (room = openMeasured(urls, size)));
    const send = await room;
    const samples: number[] = [];
    for (let index = 0; index < count; index++) {
      sent += 1;
      samples.push(await send(`${sent} ${WORDS}`));
      // A class does not send at full speed, and a server that never rests hides what waking up costs.
      await new Promise((resolve) => setTimeout(resolve, 2 + (sent % 4)));
    }
    return samples;
  });
}
