import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Order, Report } from './backend.ts';

/** The backend in a process of its own. */
export interface BackendLink {
  url: string;
  order(order: Order): void;
  stop(): Promise<void>;
}

/** Starts the backend, with classrooms in Redis if there is one, and resolves when it takes connections. */
export async function startBackend(
  redisUrl: string | undefined,
  onReport: (report: Report) => void,
): Promise<BackendLink> {
  const child: ChildProcess = fork(new URL('./backend.ts', import.meta.url), [redisUrl ?? ''], {
    execArgv: ['--import', createRequire(import.meta.url).resolve('tsx')],
  });
  const hasExited = once(child, 'exit');
  const ready = new Promise<string>((resolve) => {
    child.on('message', (report: Report) => {
      if (report.type === 'ready') resolve(report.url);
      onReport(report);
    });
  });
  const url = await Promise.race([
    ready,
    hasExited.then(() => {
      throw new Error('the backend ended before it was ready');
    }),
  ]);
  return {
    url,
    order: (order) => child.send(order),
    async stop() {
      if (child.connected) child.disconnect();
      await hasExited;
    },
  };
}
