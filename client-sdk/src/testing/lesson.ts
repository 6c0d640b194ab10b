import { createClient, type Classroom, type Client, type ClientOptions } from '../index.ts';
import type { BuiltInMessages, Role } from '../protocol/index.ts';
import { createManualClock, type ManualClock } from './clock.ts';
import { createTestServer, type TestMember, type TestServer, type TestServerOptions } from './test-server.ts';
import type { TestUser } from './test-token.ts';

export interface Lesson {
  clock: ManualClock;
  server: TestServer;
  client: Client;
  classroom: Classroom;
  /** What the classroom said since the lesson began: event types, chat texts, changes of status. */
  heard: string[];
}

/** A client of Ada's and its classroom `math-101`, on the test server with a clock that stands still. Nothing is joined yet. */
export function prepareLesson(
  options: {
    role?: Role;
    user?: Partial<TestUser>;
    server?: TestServerOptions;
    client?: Partial<ClientOptions<BuiltInMessages>>;
  } = {},
): Lesson {
  const clock = createManualClock();
  const server = createTestServer({ clock, ...options.server });
  const user: TestUser = { userId: 'ada', name: 'Ada', role: options.role ?? 'teacher', ...options.user };
  const client = createClient({
    url: server.url,
    token: server.token(user),
    env: server.env,
    ...options.client,
  });
  const classroom = client.classroom('math-101');
  const heard: string[] = [];
  classroom.on('event', ({ type, data }) => heard.push((data as { text?: string } | null)?.text ?? type));
  classroom.on('status', ({ status }) => heard.push(`[${status}]`));
  classroom.on('discontinuity', () => heard.push('[discontinuity]'));
  return { clock, server, client, classroom, heard };
}

/** The same, joined, with Ben beside Ada; `heard` begins after that. */
export async function startLesson(
  options: Parameters<typeof prepareLesson>[0] = {},
): Promise<Lesson & { ben: TestMember }> {
  const lesson = prepareLesson(options);
  await lesson.classroom.join();
  const ben = lesson.server.join('math-101', { userId: 'ben', name: 'Ben' });
  await lesson.server.settled();
  lesson.heard.length = 0;
  return { ...lesson, ben };
}

/** Lets turns of the event loop pass until `condition` holds, without any time passing on the clock. */
export async function turnsUntil(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns === 200) throw new Error('what was waited for did not come within 200 turns');
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
