import { command } from './command.ts';
import { itemsOf, sumOf, whereOptions, whereUsage } from './operator.ts';

const options = {
  ...whereOptions,
  classroom: { type: 'string' },
  user: { type: 'string' },
} as const;

export const exportData = command({
  usage: `
  export  Print all that is kept of a classroom, or all of a user, as JSON, a line for each thing.
            --classroom <id>  or --user <id>${whereUsage}`,
  options,
  async run({ classroom, user, ...where }) {
    const asked = askedFor('export', classroom, user);
    let count = 0;
    for await (const item of itemsOf(
      where,
      asked.of === 'user'
        ? { operation: 'export-user', userId: asked.id }
        : { operation: 'export', classroomId: asked.id },
    )) {
      count += 1;
      process.stdout.write(`${JSON.stringify(item)}\n`);
    }
    if (count === 0) throw new Error(`unable to export; nothing is kept of ${asked.of} ${asked.id}`);
  },
});

export const erase = command({
  usage: `
  erase   Delete all that is kept of a classroom, or of a user in every classroom, for good.
            --classroom <id>  or --user <id>
            --yes             or, of a user, --dry-run: change nothing, and say what would go${whereUsage}`,
  options: {
    ...options,
    yes: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
  async run({ classroom, user, yes, 'dry-run': isDryRun, ...where }) {
    const asked = askedFor('erase', classroom, user);
    if (asked.of === 'classroom' && isDryRun)
      throw new Error('--dry-run is of a user; export shows a classroom');
    if (!yes && !isDryRun)
      throw new Error(`nothing brings ${asked.of} ${asked.id} back; say --yes if that is meant`);
    const operation =
      asked.of === 'user'
        ? ({ operation: 'erase-user', userId: asked.id, isReal: !isDryRun } as const)
        : ({ operation: 'erase', classroomId: asked.id } as const);
    const sum = await sumOf(itemsOf(where, operation), ({ classroomId, ...counts }) => {
      if (asked.of === 'user' && typeof classroomId === 'string')
        process.stdout.write(`${classroomId}: ${listed(counts)}\n`);
    });
    const who = `${asked.of} ${asked.id}`;
    if (Object.keys(sum).length === 0) throw new Error(`unable to erase; nothing is kept of ${who}`);
    const what = asked.of === 'user' ? `: ${listed(sum)}` : '';
    process.stdout.write(`${who} ${isDryRun ? 'would go' : 'is gone'}${what}\n`);
  },
});

function askedFor(
  operation: string,
  classroom: string | undefined,
  user: string | undefined,
): { of: 'classroom' | 'user'; id: string } {
  if (classroom !== undefined && user === undefined) return { of: 'classroom', id: classroom };
  if (user !== undefined && classroom === undefined) return { of: 'user', id: user };
  throw new Error(`${operation} needs --classroom or --user`);
}

/** `messages 2, seats 1`. */
function listed(counts: Readonly<Record<string, unknown>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${String(count)}`)
    .join(', ');
}
