import { partnerOf, type ChatMessage, type Role } from '@chalkline/client-sdk';
import { CHAT_MENTIONS, CHAT_TEXT_LENGTH } from '@chalkline/client-sdk/protocol';
import { computed, onMounted, shallowRef, watch } from 'vue';
import { isBlank } from '../text/is-blank.ts';
import { emptyDraft, useDraftOf, type Audience, type Draft } from './draft-storage.ts';
import { splitMentions } from './text/mentions.ts';
import { useChat, type ChatHandle } from './use-chat.ts';

/** What `useChatComposer` returns. */
export type ChatComposer = ReturnType<typeof useChatComposer>;

/** For whom a message is. */
export interface AudienceChoice {
  audience: Audience;
  /** The userId of the member to whom a teacher writes in private. */
  to?: string | undefined;
}

/** What `submit` began: a message on its way, or an edit of the one with this `id`. */
export type Submitted =
  { sent: Promise<ChatMessage>; edited?: never } | { id: string; edited: Promise<unknown>; sent?: never };

/**
 * What stands in a composer and what becomes of it: a new message, an answer, or an edit of an old one. What is not sent is
 * kept through a reload, for this classroom and this member. Beneath the composer of `<ChatPane>`; to be called in a setup.
 * @param chat @default that of the nearest `<ClassroomRoot>`
 */
export function useChatComposer(chat: ChatHandle = useChat()) {
  const storage = useDraftOf(`${chat.selfId.value ?? ''}/${chat.classroomId}`);
  const draft = shallowRef<Draft>(emptyDraft);
  /** The message that is being edited, and what stood in the composer before. */
  const editing = shallowRef<{ message: ChatMessage; before: Draft }>();

  onMounted(() => {
    if (draft.value.text === '') draft.value = storage.read();
  });
  watch(draft, (now) => {
    if (!editing.value) storage.write(now);
  });
  const change = (changes: Partial<Draft>) => (draft.value = { ...draft.value, ...changes });

  const text = computed({ get: () => draft.value.text, set: (now) => change({ text: now }) });
  const replyTo = computed(() =>
    draft.value.replyTo === undefined ? undefined : chat.find(draft.value.replyTo),
  );
  /** What answers a private message is private, too. */
  const isPrivacyFixed = computed(() => replyTo.value?.isPrivate === true);
  const audience = computed<AudienceChoice>({
    get: () => {
      const { audience, to } = draft.value;
      if (isPrivacyFixed.value) return privately(partnerOf(replyTo.value));
      if (audience === 'teacher') return privately(to);
      return { audience: audience === 'announcement' && !chat.canAnnounce.value ? 'all' : audience };
    },
    set: ({ audience, to }) => change({ audience, to }),
  });
  const privately = (to?: string): AudienceChoice => ({
    audience: 'teacher',
    ...(to !== undefined && chat.role.value === 'teacher' && { to }),
  });
  /** With whom a private message may be: a student has the teachers alone. */
  const privateChoices = computed(() => {
    if (!chat.canWhisper.value) return [];
    if (chat.role.value !== 'teacher') return [privately()];
    const others = chat.others.value;
    const isColleague = ({ role }: { role: Role }) => role === 'teacher';
    const { from } = replyTo.value ?? {};
    const answered = from && from.userId !== chat.selfId.value && !isColleague(from) ? [from.userId] : [];
    // Who was chosen and has left stays chosen, and so do the colleagues.
    const chosen = audience.value.to === undefined ? [] : [audience.value.to];
    const isForColleagues =
      others.some(isColleague) || (audience.value.audience === 'teacher' && chosen.length === 0);
    const here = others.filter((other) => !isColleague(other)).map(({ userId }) => userId);
    const members = [...new Set([...answered, ...chosen, ...here])];
    return [...members.map(privately), ...(isForColleagues ? [privately()] : [])];
  });

  // By code points, as the backend counts: an emoji is one of them and two of a string's units.
  const left = computed(() => CHAT_TEXT_LENGTH - Array.from(text.value.trim()).length);
  const canSubmit = computed(() => left.value >= 0 && !isBlank(text.value));

  const stopEditing = () => {
    const before = editing.value?.before;
    editing.value = undefined;
    if (before) draft.value = before;
  };

  const edit = (message: ChatMessage, changed = message.text): void => {
    editing.value = { message, before: editing.value?.before ?? draft.value };
    draft.value = { ...emptyDraft, text: changed };
  };

  const sendOptions = () => {
    const named = new Set(
      splitMentions(
        text.value,
        draft.value.mentions.map((userId) => ({ userId, name: chat.nameOf(userId) })),
      ).flatMap(({ userId }) => userId ?? []),
    );
    return {
      ...(replyTo.value && { replyTo: replyTo.value.id }),
      ...(named.size > 0 && { mentions: [...named].slice(0, CHAT_MENTIONS) }),
      ...(audience.value.audience === 'teacher' && { isPrivate: true, to: audience.value.to }),
      ...(audience.value.audience === 'announcement' && { isAnnouncement: true }),
    };
  };

  return {
    text,
    /** For whom it is. */
    audience,
    /** Which audiences there are to choose from; one alone is no choice. */
    audiences: computed((): AudienceChoice[] => {
      if (editing.value) return [];
      if (isPrivacyFixed.value) return [audience.value];
      const announcement = chat.canAnnounce.value ? [{ audience: 'announcement' as const }] : [];
      return [{ audience: 'all' }, ...privateChoices.value, ...announcement];
    }),
    /** The message that is answered. */
    replyTo,
    /** The message that is being edited. */
    editing: computed(() => editing.value?.message),
    /** How many characters there is room for; below zero it is too long. */
    left,
    canSubmit,
    reply: (message: ChatMessage): void => {
      stopEditing();
      change({
        replyTo: message.id,
        // Named here, too: the message may be out of reach when the answer is sent, or no longer be answered.
        ...(message.isPrivate && { audience: 'teacher' as const, to: partnerOf(message) }),
      });
    },
    /** Begins to edit a message; what stands in the composer comes back after. */
    edit,
    /** Begins to edit the last message of ours that may be edited; returns whether there is one. */
    editLast: (): boolean => {
      const last = chat.messages.value.findLast((message) => chat.canEdit(message));
      if (last) edit(last);
      return last !== undefined;
    },
    /** Ends the answer or the edit, and keeps the text of an answer. */
    cancel: (): void => {
      if (editing.value) stopEditing();
      else change({ replyTo: undefined });
    },
    /** Notes that the text names someone. */
    mention: (userId: string): void => {
      if (!draft.value.mentions.includes(userId)) change({ mentions: [...draft.value.mentions, userId] });
    },
    /**
     * Sends or saves what is written, and is empty after; undefined where there is nothing to send or to change.
     * What an edit that is refused had said stands here again.
     */
    submit: (): Submitted | undefined => {
      if (!canSubmit.value) return undefined;
      const written = text.value.trim();
      const edited = editing.value?.message;
      if (!edited) {
        const sent = chat.send(written, sendOptions());
        draft.value = emptyDraft;
        return { sent };
      }
      stopEditing();
      if (written === edited.text) return undefined;
      const saved = chat.edit(edited.id, written);
      saved.catch(() => {
        if (!editing.value) edit(edited, written);
      });
      return { id: edited.id, edited: saved };
    },
  };
}
