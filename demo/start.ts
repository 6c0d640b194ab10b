import { randomBytes } from 'node:crypto';
import { startDevServer } from '@chalkline/server';
import { GatewayError } from '@chalkline/server/emulator';
import { startDemoServer } from './demo-server.ts';
import { messages, state } from './own-types.ts';
import { people } from './people.ts';

const redisUrl = process.env.REDIS_URL;
const hasControl = process.argv.includes('--control');
// New with each start: a token of yesterday's demo opens nothing today.
const secret = randomBytes(32).toString('base64url');

say('Chalkline demo');
say(`starting the backend (${redisUrl === undefined ? 'embedded store' : 'Redis'}) …`);
const backend = await startBackend(Number(process.env.PORT ?? 8787));
say(`  backend    ${backend.url}`);
say('building the page …');
const demo = await startDemoServer({ backendUrl: backend.url, secret });
say(`  page       ${demo.url}\n`);
say('Open these in two windows:');
for (const [user, { name, role }] of Object.entries(people)) {
  say(`  ${`${name}, ${role}`.padEnd(15)} ${demo.url}/?user=${user}`);
}
say(`\nEvery state of each component: ${demo.url}/gallery/`);
if (hasControl) {
  const control = backend.gateway.callbackUrl.replace(/\/[^/]*$/, '/_control');
  say(`\nFaults: curl -X POST ${control}/cut -d '{"connection":"all","manner":"drop"}'`);
}
say('\nCtrl-C stops it.');

const stop = (): void => {
  say('\nstopping …');
  void Promise.allSettled([demo.close(), backend.close()]).then(() => process.exit(0));
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

/** Passes over ports that are taken. */
async function startBackend(port: number): ReturnType<typeof startDevServer> {
  try {
    return await startDevServer({
      secret,
      redisUrl,
      port,
      messages,
      state,
      privateMessages: true,
      gateway: { control: hasControl },
    });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'port-taken') throw error;
    say(`  port ${port} is taken, trying ${port + 1}`);
    return startBackend(port + 1);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
