import { readFileSync } from 'node:fs';
import { readLog, traceOf } from '../trace.ts';
import { command } from './command.ts';

export const trace = command({
  usage: `
  trace <id>  Follow one message through exported logs, from its sender to every delivery.
            --logs <file>     may be repeated                             @default what is piped in`,
  words: ['the id of a message'],
  options: { logs: { type: 'string', multiple: true } },
  run({ logs }, [id = '']) {
    const lines = (logs ?? ['/dev/stdin']).flatMap((file) => readLog(read(file)));
    lines.sort((a, b) => Number(new Date(a.timestamp ?? 0)) - Number(new Date(b.timestamp ?? 0)));
    const story = traceOf(id, lines);
    if (story.length === 0)
      throw new Error(`unable to follow ${id}; none of ${lines.length} lines of ours holds it`);
    process.stdout.write(`${story.join('\n')}\n`);
    return Promise.resolve();
  },
});

function read(file: string): string {
  try {
    return readFileSync(file === '/dev/stdin' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new Error(`unable to read the log ${file}; it is not there`, { cause });
  }
}
