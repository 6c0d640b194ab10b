import { afterEach, expect, it } from 'vitest';
import { startDevServer, type DevServer } from '../dev-server.ts';
import { connect } from '../emulator/testing/client.ts';
import { metricNames } from '../meter.ts';
import { signToken } from '../token.ts';

const SECRET = 'a-secret-for-tests-of-32-bytes-or-more';
let server: DevServer | undefined;
afterEach(() => server?.close());

it('serves what happened to Prometheus and to a page, and @connections beside them', async () => {
  server = await startDevServer({ secret: SECRET, port: 0 });
  const { origin } = new URL(server.dashboardUrl);
  const token = await signToken({
    secret: SECRET,
    userId: 'ada',
    name: 'Ada',
    classrooms: { maths: 'teacher' },
  });
  const client = await connect(server.url, { subprotocols: ['chalkline.v1', `bearer.${token}`] });
  client.send({ v: 1, action: 'hello', ref: 1, clientId: 'tab', joins: [{ classroomId: 'maths' }] });
  await client.frames.next('the welcome');
  client.send('rubbish');
  await client.frames.next('the refusal');
  const text = await (await fetch(`${origin}/metrics`)).text();
  expect(text).toMatch(/^chalkline_refused_total\{reason="bad-envelope"\} 1$/m);
  expect(text).toMatch(/^chalkline_members_bucket\{le="1"\} 1$/m);
  const { panels } = (await (await fetch(`${origin}/dashboard.json`)).json()) as {
    panels: { series: { name: string; total: number; values: unknown[]; reasons: object }[] }[];
  };
  const series = panels.flatMap((panel) => panel.series);
  expect(series.map(({ name }) => name).sort()).toEqual([...metricNames].sort());
  expect(series.find(({ name }) => name === 'refused')).toMatchObject({
    total: 1,
    reasons: { 'bad-envelope': 1 },
  });
  expect(await (await fetch(server.dashboardUrl)).text()).toContain(
    '<title>Chalkline on this machine</title>',
  );
  expect((await fetch(`${origin}/elsewhere`)).status).toBe(403);
});
