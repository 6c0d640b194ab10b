import { signToken, startDevServer } from '@chalkline/server';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { openHiddenTab } from '../harness/hidden-tab.ts';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';

const classrooms = { 'math-101': 'teacher' } as const;

/** A page of Ben's that joins and asks for a sign of life every half a second. */
async function pageOf(url: string): Promise<string> {
  const options = { url, timing: { pingMs: 500 } };
  const token = await signToken({ secret: SECRET, userId: 'ben', name: 'Ben', classrooms });
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createClient } from '@chalkline/client-sdk';
        const client = createClient({ ...${JSON.stringify(options)}, token: () => ${JSON.stringify(token)} });
        void client.classroom('math-101').join();`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'iife',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

// Seen red: the heartbeat's timer set by the one before it, which the browser then ran once a minute. In a lesson behind
// another tab the seat was given up and taken again every minute.
it('a member whose tab is hidden keeps saying that they are there', { timeout: 60_000 }, async () => {
  const server = await startDevServer({ secret: SECRET, port: 0, storeLimits: { leaseMs: 8_000 } });
  const ada = signIn('ada', { url: server.url, classrooms, timing: { pingMs: 1_000 } });
  const math = ada.classroom('math-101');
  await math.join();
  const seen: string[] = [];
  math.on('event', ({ type, from }) => seen.push(`${from.userId} ${type}`));
  let pings = 0;
  let look = (): void => undefined;
  const touch = server.store.touch.bind(server.store);
  server.store.touch = async (connectionId, ...rest) => {
    const touched = await touch(connectionId, ...rest);
    if (server.gateway.connections[1] === connectionId) pings += 1;
    look();
    return touched;
  };
  const tab = await openHiddenTab(await pageOf(server.url));
  try {
    const listen = (listener: () => void) => {
      look = listener;
      return () => (look = () => undefined);
    };
    const enough = pings + 15;
    await until('the hidden tab says that it is there', listen, () => pings >= enough, 30_000);
    expect(seen).toEqual(['ben member.join']);
  } finally {
    await tab.close();
    ada.close();
    await server.close();
  }
});
