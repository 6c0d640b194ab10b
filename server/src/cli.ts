import { parseArgs } from 'node:util';
import { roleSchema, type Role } from '@chalkline/client-sdk/protocol';
import { startDevServer } from './dev-server.ts';
import { GatewayError } from './emulator/index.ts';
import { signToken } from './token.ts';

/** The secret of a machine that nobody else reaches. */
export const DEVELOPMENT_SECRET = 'chalkline-development-secret-only';

const usage = `chalkline-server <command>

  dev     Run the backend on this machine behind a local API Gateway.
            --port <n>        0 takes a free one; also PORT               @default 8787
            --redis <url>     keep classrooms in Redis; also REDIS_URL    @default in this process
            --secret <text>   what tokens are signed with, 32 bytes or more; also CHALKLINE_SECRET
            --verbose         a line for every frame
            --control         let /_control make faults and cut sockets (docs/emulator.md)
  token   Print a token for development.
            --user <id>       --name <text>       @default the user's id
            --classroom <id>  a classroom, or a prefix that ends in *
            --role <role>     teacher | student | observer                @default student
            --hours <n>       how long it is good for                     @default 8
            --secret <text>   as above
  --help  Print this.
`;

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      port: { type: 'string', default: process.env.PORT ?? '8787' },
      redis: { type: 'string', default: process.env.REDIS_URL ?? '' },
      secret: { type: 'string', default: process.env.CHALKLINE_SECRET ?? DEVELOPMENT_SECRET },
      verbose: { type: 'boolean', default: false },
      control: { type: 'boolean', default: false },
      user: { type: 'string', default: '' },
      name: { type: 'string' },
      classroom: { type: 'string', default: '' },
      role: { type: 'string', default: 'student' },
      hours: { type: 'string', default: '8' },
    },
  });
}

type Values = ReturnType<typeof parse>['values'];

/**
 * Runs the command line: `args` without node and script.
 * @throws Error with a sentence for the person; the caller prints it and exits with 1.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, ...others] = positionals;
  if (values.help || command === undefined) process.stdout.write(usage);
  else if (others.length > 0) throw new Error(`${command} takes options only; "${others.join(' ')}" is none`);
  else if (command === 'dev') await dev(values);
  else if (command === 'token') process.stdout.write(`${await token(values)}\n`);
  else throw new Error(`there is no command "${command}"\n\n${usage}`);
}

async function dev({ port, redis, secret, verbose, control }: Values): Promise<void> {
  const server = await startDevServer({
    port: portOf(port),
    redisUrl: redis === '' ? undefined : redis,
    secret,
    gateway: { control },
    log: (line) => {
      if (verbose || line.outcome !== 'ok') process.stdout.write(`${JSON.stringify(line)}\n`);
    },
  }).catch((error: unknown) => {
    const isTaken = error instanceof GatewayError && error.code === 'port-taken';
    throw isTaken ? new Error(`${error.message}\nChoose another with --port, or 0 for a free one.`) : error;
  });
  process.stdout.write(
    `backend    ${server.url}\nclassrooms ${redis === '' ? 'in this process' : 'in Redis'}\nCtrl-C stops it\n`,
  );
  const stop = (): void => {
    // A second Ctrl-C ends the process at once.
    process.off('SIGINT', stop).off('SIGTERM', stop);
    void server.close().finally(() => process.exit());
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function token({ user, name, classroom, role, hours, secret }: Values): Promise<string> {
  if (user === '' || classroom === '') throw new Error('token needs --user and --classroom');
  return signToken({
    secret,
    userId: user,
    name: name ?? user,
    classrooms: { [classroom]: roleOf(role) },
    expiresInS: Math.round(hoursOf(hours) * 3600),
  });
}

function roleOf(text: string): Role {
  const role = roleSchema.options.find((option) => option === text);
  if (!role) throw new Error(`--role is one of ${roleSchema.options.join(', ')}; it is "${text}"`);
  return role;
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new Error(`--port is a number from 0 to 65535; it is "${text}"`);
  return port;
}

function hoursOf(text: string): number {
  const hours = Number(text);
  if (!(hours > 0 && hours < Infinity)) throw new Error(`--hours is a number above 0; it is "${text}"`);
  return hours;
}
