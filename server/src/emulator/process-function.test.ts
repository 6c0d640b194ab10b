import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createContext, type InvocationOrders } from './lambda-function.ts';
import {
  createGateway,
  createManualClock,
  createProcessFunction,
  systemClock,
  type Gateway,
  type ProcessFunction,
  type ProcessFunctionOptions,
} from './index.ts';
import { connect, Inbox, upgradeStatus } from './testing/client.ts';

let gateway: Gateway | undefined;
const made: ProcessFunction[] = [];
const folders: string[] = [];
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  await Promise.all(made.splice(0).map((one) => one.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** A bundled asset of one file. */
async function asset(
  source: string,
  options: Partial<ProcessFunctionOptions> = {},
): Promise<ProcessFunction> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  folders.push(folder);
  await writeFile(join(folder, 'index.mjs'), source);
  const one = createProcessFunction({ folder, timeoutMs: 20_000, ...options });
  made.push(one);
  return one;
}

const invoke = (one: ProcessFunction, event: unknown = {}, orders: InvocationOrders = {}) =>
  one.invoke(event, createContext('test', 1000, systemClock), orders);

test('runs a handler with its event, context and environment, and with nothing of ours', async () => {
  // Seen red: with process.env spread in, HOME was there.
  const one = await asset(
    `export const handler = async (event, context) => ({
      event,
      name: process.env.AWS_LAMBDA_FUNCTION_NAME,
      table: process.env.TABLE,
      home: process.env.HOME ?? 'none',
      left: context.getRemainingTimeInMillis() > 0,
      id: context.awsRequestId,
    });`,
    { name: 'message', environment: { TABLE: 'classes' } },
  );
  expect(await invoke(one, { a: 1 })).toEqual({
    event: { a: 1 },
    name: 'message',
    table: 'classes',
    home: 'none',
    left: true,
    id: expect.stringMatching(/^[\w-]{36}$/) as string,
  });
});

test('freezes what was not awaited, and thaws it with the next invocation', async () => {
  // Seen red: reading the next event without blocking let the timer fire while frozen.
  const one = await asset(`
    let ticks = 0;
    export const handler = async ({ wait }) => {
      const before = ticks;
      if (wait) await new Promise((resolve) => setTimeout(resolve, 30));
      else setInterval(() => { ticks += 1; }, 1).unref();
      return { before, after: ticks };
    };`);
  const other = await asset(
    `export const handler = () => new Promise((resolve) => setTimeout(() => resolve('later'), 50));`,
  );
  expect(await invoke(one, { wait: false })).toEqual({ before: 0, after: 0 });
  // 50 ms go by, seen by another process.
  expect(await invoke(other)).toBe('later');
  const thawed = (await invoke(one, { wait: true })) as { before: number; after: number };
  expect(thawed.before).toBe(0);
  expect(thawed.after).toBeGreaterThan(0);
});

test('uses one process for each concurrent invocation, and warm ones again', async () => {
  // Seen red: never putting a process back made a third one.
  const one = await asset(`
    let count = 0;
    export const handler = async () => {
      count += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { pid: process.pid, count };
    };`);
  const both = (await Promise.all([invoke(one), invoke(one)])) as { pid: number }[];
  expect(new Set(both.map(({ pid }) => pid)).size).toBe(2);
  const third = (await invoke(one)) as { pid: number; count: number };
  expect(both.map(({ pid }) => pid)).toContain(third.pid);
  expect(third.count).toBe(2);
  expect(one.processCount).toBe(2);
  const cold = (await invoke(one, {}, { isCold: true })) as { pid: number; count: number };
  expect(cold.count).toBe(1);
});

test('kills it at its timeout, and starts anew', async () => {
  // Seen red: with the timeout not acted on.
  const clock = createManualClock();
  const lines = new Inbox<string>();
  const one = await asset(
    `export const handler = ({ hang }) => {
      console.log('entered');
      return hang ? new Promise(() => setInterval(() => {}, 1000)) : Promise.resolve('fine');
    };`,
    { timeoutMs: 3000, clock, onLog: (line) => lines.put(line) },
  );
  const hung = expect(invoke(one, { hang: true })).rejects.toMatchObject({
    code: 'function-failed',
    message: 'unable to finish the invocation; task timed out after 3.00 seconds',
  });
  expect(await lines.next('the handler')).toBe('entered');
  clock.advance(3000);
  await hung;
  expect(await invoke(one, {})).toBe('fine');
});

test.each([
  ['throws', `export const handler = async () => { throw new Error('Unauthorized'); };`, 'Unauthorized'],
  ['exits', `export const handler = () => process.exit(3);`, 'the process exited with 3'],
  ['cannot be loaded', `throw new Error('no table');`, 'no table'],
  ['exports no handler', `export const other = 1;`, 'exports no handler'],
])('rejects when the function %s', async (_name, source, message) => {
  // Seen red: with errors taken for results.
  await expect(invoke(await asset(source))).rejects.toThrow(message);
});

const FAN_OUT = `
  import { request } from 'node:http';
  const post = (url, body) => new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST' }, (response) => { response.resume(); response.on('end', resolve); });
    asked.on('error', reject).end(body);
  });
  export const handler = async ({ requestContext: { domainName, stage, connectionId }, body }) => {
    const url = 'http://' + domainName + '/' + stage + '/@connections/' + encodeURIComponent(connectionId);
    for (let index = 1; index <= 3; index += 1) await post(url, body + index);
    return { statusCode: 200 };
  };`;

test('behind the gateway: routes, authorizer, and death at the n-th post', async () => {
  // Seen red: without the wrapped `end` all three posts of the first message arrived.
  const verdict = await asset(`export const handler = async ({ queryStringParameters: { name } }) => {
    if (name !== 'Ada') throw new Error('Unauthorized');
    return { principalId: name, policyDocument: { Statement: [{ Action: '*', Effect: 'Allow', Resource: '*' }] } };
  };`);
  gateway = await createGateway({
    routes: { $default: await asset(FAN_OUT) },
    authorizer: { handler: verdict, identitySource: ['route.request.querystring.name'] },
    faults: { invocation: { killAtPost: { post: 2, times: 1 } } },
  });
  expect(await upgradeStatus(`${gateway.url}?name=Ben`)).toBe(401);
  const client = await connect(`${gateway.url}?name=Ada`);
  client.send('a');
  expect(await client.frames.next('a1')).toBe('a1');
  expect(await client.frames.next('the end')).toContain('Internal server error');
  client.send('b');
  const rest: string[] = [];
  for (let index = 1; index <= 3; index += 1) rest.push(await client.frames.next(`b${index}`));
  expect(rest).toEqual(['b1', 'b2', 'b3']);
  expect(client.frames.size).toBe(0);
});
