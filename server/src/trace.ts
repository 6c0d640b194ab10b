import * as z from 'zod/mini';

const lineSchema = z.object({
  timestamp: z.optional(z.union([z.string(), z.number()])),
  action: z.string(),
  outcome: z.string(),
  connectionId: z.optional(z.string()),
  userId: z.optional(z.string()),
  classroomId: z.optional(z.string()),
  ids: z.optional(z.array(z.string())),
  seqs: z.optional(z.array(z.nullable(z.number()))),
  joins: z.optional(
    z.array(
      z.object({
        classroomId: z.string(),
        after: z.optional(z.number()),
        head: z.number(),
        recovered: z.boolean(),
      }),
    ),
  ),
  delivered: z.optional(z.number()),
  failed: z.optional(z.number()),
  gone: z.optional(z.number()),
  missed: z.optional(z.array(z.string())),
  ms: z.optional(z.number()),
});
type Line = z.infer<typeof lineSchema>;

/**
 * Our own lines of an exported log, in whatever way it was exported: JSON lines, lines with a time before the JSON, or the
 * JSON of Logs Insights, whose rows hold the line as `@message`. What is not ours is left out.
 */
export function readLog(text: string): Line[] {
  const whole = parsed(text.trim());
  const rows = Array.isArray(whole) ? (whole as unknown[]) : text.split('\n').map(parsed);
  return rows.flatMap((row) => {
    const { data } = z.safeParse(lineSchema, wrappedIn(row));
    return data ? [data] : [];
  });
}

function wrappedIn(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return undefined;
  const { '@message': insights, message } = row as Record<string, unknown>;
  const inner = parsed(typeof insights === 'string' ? insights : typeof message === 'string' ? message : '');
  return inner ?? row;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(/^\s*\[/.test(text) ? text : text.slice(text.indexOf('{')));
  } catch {
    // A line of the platform's own.
    return undefined;
  }
}

/**
 * What became of one message, in the order of the log: each time that it was sent, who was told, and who got it later by
 * recovering. A message is followed by its id from the client on; deliveries are counted, connections that
 * were not reached are named, and their members appear again when they come back.
 */
export function traceOf(id: string, lines: readonly Line[]): string[] {
  const sent = lines.filter((line) => line.ids?.includes(id));
  const kept = sent
    .map((line) => ({
      classroomId: line.classroomId,
      seq: line.seqs?.[line.ids?.indexOf(id) ?? -1] ?? undefined,
    }))
    .find(({ seq }) => seq !== undefined);
  const from = lines.indexOf(sent[0] as Line);
  return lines.flatMap((line, index) => {
    if (sent.includes(line)) return [publishLine(line, id, line === sent[0])];
    if (index < from || kept?.seq === undefined) return [];
    const { seq } = kept;
    return (line.joins ?? []).flatMap((join) =>
      join.classroomId === kept.classroomId && join.head >= seq && (join.after ?? -1) < seq
        ? [joinLine(line, join, seq)]
        : [],
    );
  });
}

function publishLine(line: Line, id: string, isFirst: boolean): string {
  const {
    userId = '?',
    connectionId = '?',
    classroomId = '?',
    delivered = 0,
    failed = 0,
    gone = 0,
    missed = [],
    ms,
  } = line;
  const seq = line.seqs?.[line.ids?.indexOf(id) ?? -1];
  const became = seq === undefined || seq === null ? 'refused' : `seq ${seq}`;
  const told = `${delivered} frames delivered${failed > 0 ? `, ${failed} failed` : ''}${gone > 0 ? `, ${gone} gone` : ''}${missed.length > 0 ? `, not all to ${missed.join(' ')}` : ''}`;
  const again = isFirst ? 'sent' : 'sent again';
  return `${timeOf(line)} ${again} by ${userId} over ${connectionId} to ${classroomId}: ${became}, ${told}${ms === undefined ? '' : `, ${ms} ms`}`;
}

function joinLine(
  line: Line,
  { after, head, recovered }: NonNullable<Line['joins']>[number],
  seq: number,
): string {
  const { userId = '?', connectionId = '?' } = line;
  const how = recovered
    ? `recovered seqs ${(after ?? 0) + 1} to ${head}, ${seq} among them`
    : `joined at head ${head}, after it: it is in their chat if it is among the newest`;
  return `${timeOf(line)} ${userId} over ${connectionId} ${how}`;
}

function timeOf({ timestamp }: Line): string {
  return timestamp === undefined ? '-' : new Date(timestamp).toISOString();
}
