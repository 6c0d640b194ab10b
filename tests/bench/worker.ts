import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

/** A process of its own that answers questions, one at a time. */
export interface Worker<Question, Answer> {
  /** @throws Error with what went wrong in the worker. */
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

export interface WorkerOptions {
  args?: readonly string[];
  profileFolder?: string | undefined;
}

type Reply = { answer: unknown } | { problem: string };

/** Starts `file`, which calls `answerQuestions`: bundled, for what a loader does to code takes time of its own. */
export function startWorker<Question, Answer>(
  file: URL,
  { args = [], profileFolder }: WorkerOptions = {},
): Worker<Question, Answer> {
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileFolder];
  const child = fork(bundleOf(file), args, { execArgv: profiling });
  const hasExited = once(child, 'exit');
  return {
    async ask(question) {
      const ended = hasExited.then(() => ({ problem: `${file.pathname} ended by itself` }));
      const replied = once(child, 'message').then(([reply]) => reply as Reply);
      child.send({ question });
      const reply: Reply = await Promise.race([replied, ended]);
      if ('problem' in reply) throw new Error(reply.problem);
      return reply.answer as Answer;
    },
    // Also after it has ended by itself.
    async stop() {
      if (child.connected) child.disconnect();
      await hasExited;
    },
  };
}

const bundles = new Map<string, string>();

function bundleOf(file: URL): string {
  const path = fileURLToPath(file);
  let outfile = bundles.get(path);
  if (outfile === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'chalkline-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    outfile = join(folder, basename(path).replace(/\.ts$/, '.mjs'));
    bundle({ entryPoints: [path] }, outfile);
    bundles.set(path, outfile);
  }
  return outfile;
}

/** The worker's side of `startWorker`; its process ends when nobody asks any longer. */
export function answerQuestions(answer: (question: never) => Promise<unknown>): void {
  process.on('message', (message) => {
    void (async () => {
      const { question } = message as { question: never };
      let reply: Reply;
      try {
        reply = { answer: await answer(question) };
      } catch (error) {
        reply = { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      }
      process.send?.(reply);
    })();
  });
  process.on('disconnect', () => process.exit());
}
