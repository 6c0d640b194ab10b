import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { createJwtVerifier } from './adapters/jwt.ts';
import { run } from './cli.ts';
import { DEVELOPMENT_SECRET } from './cli/secret.ts';
import { connect, upgradeStatus, within } from './emulator/testing/client.ts';

const bin = fileURLToPath(new URL('../bin/chalkline-server.mjs', import.meta.url));
const ownTypes = fileURLToPath(new URL('../../demo/own-types.ts', import.meta.url));
const START_MS = 20_000;
const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
});

/** Starts the command line; `env` stands beside what the process needs to run at all. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
  });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  const waiting: (() => void)[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      waiting.forEach((look) => look());
    });
  }
  const exited = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    within(
      `${pattern} from chalkline-server`,
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output.stdout);
          if (match) resolve(match);
        };
        waiting.push(look);
        look();
        void exited.then((end) => reject(new Error(`it ended first: ${JSON.stringify(end)}`)));
      }),
      START_MS,
    );
  return { child, says, exited: within('the end of chalkline-server', exited, START_MS) };
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

describe('chalkline-server', { timeout: START_MS }, () => {
  // Seen red: `dev --help` starting a server.
  it.each([[['--help']], [['dev', '--help']]])('explains itself for %j', async (args) => {
    const { code, stdout, stderr } = await start(args).exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['dev', 'token', '--port', '--redis', '--secret', '--classroom'])
      expect(stdout).toContain(word);
  });

  it.each([
    [['fly'], 'there is no command "fly"'],
    [['dev', 'now'], 'dev takes options only; "now" is none'],
    [['dev', '--prot', '1'], "Unknown option '--prot'"],
    [['dev', '--port', 'abc'], '--port is a number from 0 to 65535; it is "abc"'],
    [['dev', '--port', '70000'], '--port is a number from 0 to 65535; it is "70000"'],
    [['dev', '--secret', 'short'], 'the JWT secret must have at least 32 bytes'],
    [['dev', '--app', 'nowhere.ts'], 'unable to load the module of --app; '],
    [
      ['dev', '--app', fileURLToPath(import.meta.resolve('./cli.ts'))],
      '--app exports messages, state, privateMessages or onEnded; "',
    ],
    [['token', '--user', 'ada'], 'token needs --user and --classroom'],
    [
      ['token', '--user', 'ada', '--classroom', 'm', '--role', 'owner'],
      '--role is one of teacher, student, observer',
    ],
    [
      ['token', '--user', 'ada', '--classroom', 'm', '--hours', '0'],
      '--hours is a number above 0; it is "0"',
    ],
    [['cost', '--preset', 'cheap'], '--preset is one of smooth, balanced, frugal, naive; it is "cheap"'],
    [['cost', '--draw', '2'], '--draw is a share from 0 to 1; it is "2"'],
    [['cost', '--members', 'x'], '--members is a number from 1; it is "x"'],
    [['smoke'], 'smoke needs the address'],
    [['smoke', 'https://a'], 'smoke needs a ws: or wss: address; it is "https://a"'],
    [['smoke', 'wss://a', '--tokens', '/nowhere'], 'unable to read the tokens of /nowhere; it holds'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    await expect(run(args)).rejects.toThrow(sentence);
  });

  it('prints the sentence alone, and exits with 1', async () => {
    // Seen red: the error thrown out of the process, stack and all.
    const { code, stdout, stderr } = await start(['dev', '--port', 'abc']).exited;
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: '--port is a number from 0 to 65535; it is "abc"\n',
    });
  });

  it('says that the port is taken, and what to do', async () => {
    const port = await listen(createServer());
    const { code, stderr } = await start(['dev', '--port', String(port)]).exited;
    expect(code).toBe(1);
    expect(stderr).toBe(
      `unable to listen on 127.0.0.1:${port}; the port is taken\nChoose another with --port, or 0 for a free one.\n`,
    );
  });

  it('says at the start that Redis cannot be reached, without the password of its address', async () => {
    // Seen red: no ping, so that only the first frame met the silence.
    const { code, stdout, stderr } = await start([
      'dev',
      '--port',
      '0',
      '--redis',
      'redis://:hidden@127.0.0.1:9/',
    ]).exited;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('unable to start; Redis at 127.0.0.1:9 does not answer\n');
  });

  it('does not wait for ever for a Redis that is there and silent', async () => {
    const port = await listen(createServer());
    const { code, stderr } = await start(['dev', '--port', '0'], { REDIS_URL: `redis://127.0.0.1:${port}` })
      .exited;
    expect(code).toBe(1);
    expect(stderr).toContain(`Redis at 127.0.0.1:${port} does not answer`);
  });

  it('serves sockets with the tokens it prints, says so plainly, and ends with a signal', async () => {
    // Seen red: the warning of the AWS SDK about this Node among its words.
    const dev = start(['dev', '--port', '0', '--app', ownTypes]);
    const [, url = ''] = await dev.says(
      /backend +(ws:\S+)\nmetrics +http:\S+\nclassrooms in this process\nCtrl-C stops it\n/,
    );
    const { stdout } = await start(['token', '--user', 'ada', '--classroom', 'maths', '--role', 'teacher'])
      .exited;
    const subprotocols = ['chalkline.v1', `bearer.${stdout.trim()}`];
    const client = await connect(url, { subprotocols });
    client.send({ v: 1, action: 'hello', ref: 1, clientId: 'tab' });
    expect(await client.frames.next('the welcome')).toContain('"action":"welcome"');
    client.send({ v: 1, action: 'join', ref: 2, classroomId: 'maths', clientId: 'tab' });
    // Seen red: the app's module not given to the server.
    expect(await client.frames.next('the classroom')).toContain('"poll.vote"');
    client.socket.terminate();
    expect(await upgradeStatus(url, { subprotocols: ['chalkline.v1', 'bearer.forged'] })).toBe(401);
    await dev.says(/"action":"authorize","outcome":"unauthorized"/);
    dev.child.kill('SIGINT');
    const { code, stderr, stdout: said } = await dev.exited;
    // Seen red: a second line for each refusal, which called it an internal failure.
    expect(said).not.toContain('internal');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('prints a token for as long as asked, with the secret of the environment', async () => {
    const secret = 'x'.repeat(40);
    const args = ['token', '--user', 'ben', '--name', 'Ben', '--classroom', 'maths-*', '--hours', '0.5'];
    const { stdout } = await start(args, { CHALKLINE_SECRET: secret }).exited;
    const token = stdout.trim();
    const { iat = 0, exp = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(1800);
    const verifier = (key: string) => createJwtVerifier({ secret: key, clock: () => Date.now() });
    expect(await verifier(secret).verify(token)).toMatchObject({
      userId: 'ben',
      classrooms: { 'maths-*': 'student' },
    });
    await expect(verifier(DEVELOPMENT_SECRET).verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
