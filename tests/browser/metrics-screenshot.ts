import { join } from 'node:path';
import { startDevServer } from '@chalkline/server';
import type { Browser } from 'playwright-core';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';

/** How long the lesson lasts that the picture shows, in ms: what the page draws is real. */
const LESSON_MS = 40_000;

/** The page of the live metrics after a lively lesson, some of whose sockets were cut. */
export async function photographMetrics(browser: Browser, folder: string): Promise<void> {
  const server = await startDevServer({ secret: SECRET, port: 0 });
  const clients = ['ada', 'ben', 'chen'].map((userId) =>
    signIn(userId, {
      url: server.url,
      classrooms: { 'math-101': 'teacher' },
      timing: { reconnectBaseMs: 200 },
    }),
  );
  try {
    const classrooms = clients.map((client) => client.classroom('math-101'));
    await Promise.all(classrooms.map((classroom) => classroom.join()));
    server.gateway.faults = { seed: 3, post: { delay: { ms: [0, 60] }, throttled: 0.03 } };
    const startedAt = Date.now();
    for (let turn = 0; Date.now() - startedAt < LESSON_MS; turn++) {
      const classroom = classrooms[turn % classrooms.length];
      const burst = 1 + (turn % 7);
      if (!classroom) break;
      await Promise.all(Array.from({ length: burst }, () => classroom.chat.send('Three quarters.')));
      if (turn % 60 === 20) server.gateway.cut(server.gateway.connections[0] ?? '', 'drop');
    }
    server.gateway.faults = {};
    const [first] = clients;
    if (first)
      await until(
        'the first is back',
        (look) => first.on('status', look),
        () => first.status === 'connected',
      );
    for (const [name, width, colorScheme] of [
      ['metrics.png', 1180, 'light'],
      ['metrics-dark.png', 1180, 'dark'],
      ['metrics-phone.png', 390, 'light'],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height: 760 }, colorScheme });
      await page.goto(server.dashboardUrl);
      await page.getByRole('heading', { name: 'Are classes served?' }).waitFor();
      await page.screenshot({ path: join(folder, name) });
      await page.close();
    }
  } finally {
    for (const client of clients) client.close();
    await server.close();
  }
}
