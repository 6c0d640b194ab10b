import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type ValuesOf<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

interface CommandParts<O extends Options> {
  /** The command's lines of `--help`, its name first. */
  usage: string;
  /** What `parseArgs` takes. */
  options: O;
  /** What it takes besides options, by name. @default nothing */
  words?: readonly string[];
  run: (values: ValuesOf<O>, words: readonly string[]) => Promise<void>;
}

/** One command of `chalkline-server`. */
export interface CliCommand {
  usage: string;
  /** @throws Error with a sentence for the person. */
  run: (name: string, args: readonly string[]) => Promise<'done' | 'help-wanted'>;
}

/** Makes a command: its options are read and typed, and a word too many or too few is refused. */
export function command<const O extends Options>(parts: CommandParts<O>): CliCommand {
  const { usage, options, words = [], run } = parts;
  return {
    usage,
    async run(name, args) {
      if (args.includes('--help') || args.includes('-h')) return 'help-wanted';
      const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
      if (words.length === 0 && positionals.length > 0) {
        throw new Error(`${name} takes options only; "${positionals.join(' ')}" is none`);
      }
      if (positionals.length !== words.length) throw new Error(`${name} needs ${words.join(' and ')}`);
      await run(values, positionals);
      return 'done';
    },
  };
}

/** A number of the command line. @throws Error that names the option and what it takes. */
export function numberOf(option: string, text: string, least = 0, isStrict = false): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(number) && (isStrict ? number > least : number >= least)) return number;
  throw new Error(`--${option} is a number ${isStrict ? 'above' : 'from'} ${least}; it is "${text}"`);
}

/** One of a few words of the command line. @throws Error that lists them. */
export function oneOf<W extends string>(option: string, text: string, known: readonly W[]): W {
  const word = known.find((candidate) => candidate === text);
  if (word === undefined) throw new Error(`--${option} is one of ${known.join(', ')}; it is "${text}"`);
  return word;
}
