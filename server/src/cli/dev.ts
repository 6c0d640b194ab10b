import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TrafficRecorder } from '../cost/recording.ts';
import { startDevServer } from '../dev-server.ts';
import { GatewayError } from '../emulator/index.ts';
import type { App } from '../lambda/functions.ts';
import { command } from './command.ts';
import { secretOf } from './secret.ts';

export const dev = command({
  usage: `
  dev     Run the backend on this machine behind a local API Gateway.
            --port <n>        0 takes a free one; also PORT               @default 8787
            --redis <url>     keep classrooms in Redis; also REDIS_URL    @default in this process
            --secret <text>   what tokens are signed with, 32 bytes or more; also CHALKLINE_SECRET
            --app <file>      the module that a deployment names as app: own messages, state … (docs/own-messages.md)
            --verbose         a line for every frame
            --record <file>   count billed messages by kind until it stops, for cost --recording
            --control         let /_control make faults and cut sockets (docs/emulator.md)`,
  options: {
    port: { type: 'string' },
    redis: { type: 'string' },
    secret: { type: 'string' },
    app: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    record: { type: 'string' },
    control: { type: 'boolean', default: false },
  },
  async run({ port, redis = process.env.REDIS_URL ?? '', secret, app, verbose, record, control }) {
    const recorder = record === undefined ? undefined : new TrafficRecorder();
    const server = await startDevServer({
      port: portOf(port ?? process.env.PORT ?? '8787'),
      redisUrl: redis === '' ? undefined : redis,
      secret: secretOf(secret),
      ...(app === undefined ? {} : await appOf(app)),
      gateway: { control, ...(recorder ? { observe: recorder.observe } : {}) },
      log: (line) => {
        if (verbose || line.outcome !== 'ok') process.stdout.write(`${JSON.stringify(line)}\n`);
      },
    }).catch((error: unknown) => {
      const isTaken = error instanceof GatewayError && error.code === 'port-taken';
      throw isTaken ? new Error(`${error.message}\nChoose another with --port, or 0 for a free one.`) : error;
    });
    process.stdout.write(
      `backend    ${server.url}\nmetrics    ${server.dashboardUrl}\nclassrooms ${redis === '' ? 'in this process' : 'in Redis'}\nCtrl-C stops it\n`,
    );
    const stop = (): void => {
      // A second Ctrl-C ends the process at once.
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (recorder && record !== undefined) {
        writeFileSync(record, `${JSON.stringify(recorder.recording(), undefined, 2)}\n`);
      }
      void server.close().finally(() => process.exit());
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  },
});

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new Error(`--port is a number from 0 to 65535; it is "${text}"`);
  return port;
}

/** What the app's module exports, and nothing else of it. */
async function appOf(file: string): Promise<App> {
  const { messages, state, privateMessages, onEnded } = (await import(
    pathToFileURL(resolve(file)).href
  ).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`unable to load the module of --app; ${reason}`, { cause });
  })) as App;
  const app = Object.entries({ messages, state, privateMessages, onEnded }).filter(
    ([, value]) => value !== undefined,
  );
  if (app.length > 0) return Object.fromEntries(app);
  throw new Error(`--app exports messages, state, privateMessages or onEnded; "${file}" exports none`);
}
