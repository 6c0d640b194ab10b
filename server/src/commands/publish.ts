import {
  checkMessage,
  encode,
  type EventOf,
  type Message,
  type MessageDefinitions,
} from '@chalkline/client-sdk/protocol';
import { asChalklineError } from '../failure.ts';
import { publishersOf } from '../permissions.ts';
import type { AppendResult, Draft } from '../ports.ts';
import type { CommandHandler } from '../router.ts';

type AckResult = EventOf<'ack'>['results'][number];

/** Writes messages to the log and fans them out. The sender's own copy is the ack. */
export const publish: CommandHandler<'publish'> = async (
  backend,
  { connectionId },
  { ref, classroomId, messages },
) => {
  const checked = messages.map((message) => draftOf(backend.messages, message));
  const drafts = checked.filter((draft): draft is Draft => !('error' in draft));
  const { results, announcement, replicated } = await backend.store.append({
    classroomId,
    connectionId,
    drafts,
  });
  const kept = results[Symbol.iterator]();
  const ack = encode({
    action: 'ack',
    ref,
    classroomId,
    epoch: announcement.epoch,
    results: checked.map((draft) => ('error' in draft ? draft : ackOf(kept.next().value, draft))),
    replicated,
  });
  return { answers: [ack], announcements: [announcement] };
};

function draftOf(
  definitions: MessageDefinitions,
  { id, type, data }: Message,
): Draft | Extract<AckResult, { error: unknown }> {
  try {
    return {
      id,
      type,
      data: checkMessage(definitions, type, data),
      publishers: publishersOf(definitions, type),
      isChat: type === 'chat.send',
    };
  } catch (error) {
    const { code, message } = asChalklineError(error);
    return { id, error: { code, message } };
  }
}

const reasons: Partial<Record<string, string>> = {
  forbidden: 'your role may not publish this',
  'rate-limited': 'too many messages in too short a time',
};

function ackOf(result: AppendResult | undefined, { id, type }: Draft): AckResult {
  if (!result)
    return {
      id,
      error: { code: 'internal', message: `unable to publish ${type}; the store gave no answer` },
    };
  if (!('error' in result)) return { id, seq: result.seq, at: result.at };
  const { error: code, retryAfterMs } = result;
  return {
    id,
    error: { code, message: `unable to publish ${type}; ${reasons[code] ?? code}`, retryAfterMs },
  };
}
