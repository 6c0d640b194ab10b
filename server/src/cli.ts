import { erase, exportData } from './cli/archive.ts';
import type { CliCommand } from './cli/command.ts';
import { cost } from './cli/cost.ts';
import { dev } from './cli/dev.ts';
import { goaway } from './cli/goaway.ts';
import { smoke } from './cli/smoke.ts';
import { token } from './cli/token.ts';
import { trace } from './cli/trace.ts';

const commands: Readonly<Record<string, CliCommand>> = {
  dev,
  token,
  cost,
  smoke,
  trace,
  export: exportData,
  erase,
  goaway,
};

const usage = `chalkline-server <command>
${Object.values(commands)
  .map((command) => command.usage)
  .join('')}
  --help  Print this.
`;

/**
 * Runs the command line: `args` without node and script.
 * @throws Error with a sentence for the person; the caller prints it and exits with 1.
 */
export async function run(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  const command = name === undefined ? undefined : commands[name];
  if (name === undefined || name === '--help' || name === '-h') process.stdout.write(usage);
  else if (!command) throw new Error(`there is no command "${name}"\n\n${usage}`);
  else if ((await command.run(name, rest)) === 'help-wanted') process.stdout.write(usage);
}
