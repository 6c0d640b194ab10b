import { parseArgs } from 'node:util';
import { roleSchema, type Role } from '@chalkline/client-sdk/protocol';
import { startDevServer } from './dev-server.ts';
import { signToken } from './token.ts';

/** The secret of a machine that nobody else reaches. */
export const DEVELOPMENT_SECRET = 'chalkline-development-secret-only';

const usage = `chalkline-server <command>

  dev     Run the backend on this machine behind a local API Gateway.
            --port <n>        @default 8787
            --redis <url>     keep classrooms in Redis; also REDIS_URL    @default in this process
            --secret <text>   what tokens are signed with; also CHALKLINE_SECRET
            --verbose         a line for every frame
  token   Print a token for development.
            --user <id>       --name <text>       @default the user's id
            --classroom <id>  a classroom, or a prefix that ends in *
            --role <role>     teacher | student | observer                @default student
            --hours <n>       how long it is good for                     @default 8
            --secret <text>   as above
`;

/**
 * Runs the command line: `args` without node and script.
 * @throws Error with a sentence for the person; the caller prints it and exits with 1.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      port: { type: 'string', default: process.env.PORT ?? '8787' },
      redis: { type: 'string' },
      secret: { type: 'string', default: process.env.CHALKLINE_SECRET ?? DEVELOPMENT_SECRET },
      verbose: { type: 'boolean', default: false },
      user: { type: 'string' },
      name: { type: 'string' },
      classroom: { type: 'string' },
      role: { type: 'string', default: 'student' },
      hours: { type: 'string', default: '8' },
    },
  });
  const [command] = positionals;
  if (command === 'dev') await dev(values);
  else if (command === 'token') process.stdout.write(`${await token(values)}\n`);
  else if (values.help || command === undefined) process.stdout.write(usage);
  else throw new Error(`there is no command "${command}"\n\n${usage}`);
}

async function dev(values: {
  port: string;
  redis?: string;
  secret: string;
  verbose: boolean;
}): Promise<void> {
  const redisUrl = values.redis ?? process.env.REDIS_URL;
  const server = await startDevServer({
    port: numberOf('--port', values.port),
    redisUrl,
    secret: values.secret,
    log: (line) => {
      if (values.verbose || line.outcome !== 'ok') process.stdout.write(`${JSON.stringify(line)}\n`);
    },
  });
  process.stdout.write(
    `backend    ${server.url}\nclassrooms ${redisUrl ? 'in Redis' : 'in this process'}\nCtrl-C stops it\n`,
  );
  const stop = (): void => void server.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function token(values: {
  user?: string;
  name?: string;
  classroom?: string;
  role: string;
  hours: string;
  secret: string;
}): Promise<string> {
  const { user, classroom } = values;
  if (user === undefined || classroom === undefined) throw new Error('token needs --user and --classroom');
  return signToken({
    secret: values.secret,
    userId: user,
    name: values.name ?? user,
    classrooms: { [classroom]: roleOf(values.role) },
    expiresInS: numberOf('--hours', values.hours) * 3600,
  });
}

function roleOf(text: string): Role {
  const role = roleSchema.options.find((option) => option === text);
  if (!role) throw new Error(`--role is one of ${roleSchema.options.join(', ')}; it is "${text}"`);
  return role;
}

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number < 0) throw new Error(`${option} is a number; it is "${text}"`);
  return number;
}
