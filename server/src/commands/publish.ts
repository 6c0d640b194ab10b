import {
  byteLength,
  ChalklineError,
  checkMessage,
  checkState,
  encode,
  STATE_VALUE_BYTES,
  type EventOf,
  type Message,
  type MessageData,
  type BuiltInMessages,
} from '@chalkline/client-sdk/protocol';
import type { Backend } from '../backend.ts';
import { compact } from '../compaction.ts';
import { asChalklineError } from '../failure.ts';
import { publishersOf, writersOf } from '../permissions.ts';
import type { AppendResult, Draft } from '../ports.ts';
import type { CommandHandler, Outcome } from '../router.ts';

type AckResult = EventOf<'ack'>['results'][number];

/** Writes messages to the log and fans them out. The sender's own copy is the ack. */
export const publish: CommandHandler<'publish'> = async (
  backend,
  { connectionId, claims },
  { ref, classroomId, messages },
) => {
  const checked = await Promise.all(messages.map((message) => checkedDraft(backend, claims.userId, message)));
  const drafts = checked.filter((draft): draft is Draft => !('error' in draft));
  const { results, announcement, replicated, due, removed } = await backend.store.append({
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
  const message = 'unable to stay; this connection has no seat in the classroom';
  const lostSeat = encode({ action: 'error', classroomId, code: 'not-joined', message, retryable: true });
  const fresh = results.flatMap((result) => ('seq' in result && !result.isDuplicate ? [result.seq] : []));
  if (fresh.length > 0) backend.meter.add('published', fresh.length);
  return {
    answers: [ack],
    announcements: [announcement],
    // Their next join says why.
    posts: removed.map((connectionId) => ({ connectionId, frame: lostSeat })),
    trace: traceOf(messages, results),
    afterwards: async () => {
      for (const document of due) await compact(backend, classroomId, document);
    },
  };
};

/** The ids of a frame's messages and where each stands in the log; null for one that was refused. */
function traceOf(
  messages: readonly Message[],
  results: readonly AppendResult[],
): NonNullable<Outcome['trace']> {
  const seqs = new Map(results.map((result) => [result.id, 'seq' in result ? result.seq : null]));
  return { ids: messages.map(({ id }) => id), seqs: messages.map(({ id }) => seqs.get(id) ?? null) };
}

async function checkedDraft(
  backend: Backend,
  userId: string,
  message: Message,
): Promise<Draft | Extract<AckResult, { error: unknown }>> {
  try {
    return await draftOf(backend, userId, message);
  } catch (error) {
    const { code, message: reason } = asChalklineError(error);
    return { id: message.id, error: { code, message: reason } };
  }
}

/** @throws ChalklineError for data that is not what its type, or the key of the state, asks for. */
async function draftOf(
  { messages, state }: Backend,
  userId: string,
  { id, type, data: given }: Message,
): Promise<Draft> {
  const data = checkMessage(messages, type, given);
  const draft = {
    id,
    type,
    data,
    publishers: publishersOf(messages, type),
    topic: messages[type]?.topic?.(data),
  };
  switch (type) {
    case 'chat.send':
    case 'chat.announce':
      return { ...draft, projection: { of: 'chat' } };
    case 'chat.whisper': {
      const { to } = data as MessageData<BuiltInMessages, typeof type>;
      // Whom else it is for is for teachers to say.
      const publishers = draft.publishers.filter((role) => to === undefined || role === 'teacher');
      return { ...draft, publishers, projection: { of: 'chat', isPrivate: true, to } };
    }
    case 'chat.edit': {
      const { target, text } = data as MessageData<BuiltInMessages, typeof type>;
      return { ...draft, projection: { of: 'message', change: 'edit', target, value: text } };
    }
    case 'chat.delete': {
      const { target } = data as MessageData<BuiltInMessages, typeof type>;
      return { ...draft, projection: { of: 'message', change: 'delete', target, value: '' } };
    }
    case 'chat.react':
    case 'chat.unreact': {
      const { target, emoji } = data as MessageData<BuiltInMessages, typeof type>;
      const change = type === 'chat.react' ? 'react' : 'unreact';
      return { ...draft, projection: { of: 'message', change, target, value: emoji } };
    }
    case 'board.update': {
      const { document, update } = data as MessageData<BuiltInMessages, typeof type>;
      // Not at the top: only this message pays for Yjs in the cold start.
      const { isUpdate } = await import('../yjs-updates.ts');
      if (!isUpdate(Buffer.from(update, 'base64'))) {
        throw new ChalklineError('bad-envelope', `unable to publish ${type}; Yjs cannot read the update`);
      }
      return { ...draft, projection: { of: 'document', document, update } };
    }
    case 'state.set': {
      const entry = checkState(state, data as MessageData<BuiltInMessages, typeof type>);
      const { key, userId: owner, value } = entry;
      return {
        ...draft,
        data: entry,
        publishers: writersOf(state, entry, userId),
        projection: { of: 'state', key, userId: owner, isDeleted: value === null },
      };
    }
    default:
      if (!messages[type]?.keepsNewest) return draft;
      if (byteLength(JSON.stringify(data)) > STATE_VALUE_BYTES) {
        const reason = `a newcomer gets it, so it may have ${STATE_VALUE_BYTES} bytes`;
        throw new ChalklineError('payload-too-large', `unable to publish ${type}; ${reason}`);
      }
      return { ...draft, projection: { of: 'state', key: `:${type}`, userId, isDeleted: false } };
  }
}

const fullness: Record<NonNullable<Draft['projection']>['of'], string> = {
  chat: 'it is too large',
  message: 'it has too many reactions',
  document: 'the document is full',
  state: "the classroom's state is full",
};

function reasonOf(result: Extract<AppendResult, { error: unknown }>, { topic, projection }: Draft): string {
  const { error, isClosed = false } = result;
  if (error === 'rate-limited') return 'too many messages in too short a time';
  if (projection?.of === 'message' && error === 'not-found') return 'there is no such message';
  if (projection?.of === 'message' && error === 'forbidden' && !isClosed)
    return 'it is not yours, or it is too late to change it';
  if (error === 'payload-too-large') return fullness[projection?.of ?? 'state'];
  if (!isClosed) return error === 'forbidden' ? 'your role may not publish this' : error;
  return topic === 'chat' ? 'the chat is muted' : `the ${topic} is locked`;
}

function ackOf(result: AppendResult | undefined, draft: Draft): AckResult {
  const { id, type } = draft;
  if (!result)
    return {
      id,
      error: { code: 'internal', message: `unable to publish ${type}; the store gave no answer` },
    };
  if (!('error' in result)) return { id, seq: result.seq, at: result.at };
  const { error: code, retryAfterMs } = result;
  return {
    id,
    error: { code, message: `unable to publish ${type}; ${reasonOf(result, draft)}`, retryAfterMs },
  };
}
