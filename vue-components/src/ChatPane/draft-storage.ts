import { inject, type InjectionKey } from 'vue';

/** Where what is written and not sent yet is kept through a reload: a part of the browser's `Storage`. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Where the plugin puts the storage of the app's choice; `null` keeps nothing. */
export const draftStorageKey: InjectionKey<DraftStorage | null> = Symbol('chalkline drafts');

/** What stands in a composer: all of it, because a private message must not come back as one for everybody. */
export interface Draft {
  text: string;
  audience: Audience;
  /** The userId of the member to whom a teacher writes in private. */
  to?: string | undefined;
  /** The id of the message that it answers. */
  replyTo?: string | undefined;
  /** The userIds of those whom it names. */
  mentions: readonly string[];
}

/** For whom a message is: all, the teachers alone (and whom one of them writes to), or all in a way that stands out. */
export type Audience = 'all' | 'teacher' | 'announcement';

export const emptyDraft: Draft = { text: '', audience: 'all', mentions: [] };

/** The draft of one composer. To be called in a setup; reads and writes only in a browser. */
export function useDraftOf(name: string): { read: () => Draft; write: (draft: Draft) => void } {
  const chosen = inject(draftStorageKey, undefined);
  const storage = () => (chosen === undefined ? globalThis.sessionStorage : chosen);
  const key = `chalkline/draft/${name}`;
  return {
    read: () => parse(attempt(() => storage()?.getItem(key))),
    write: (draft) =>
      attempt(() => {
        if (draft.text === '') storage()?.removeItem(key);
        else storage()?.setItem(key, JSON.stringify(draft));
      }),
  };
}

/** Where a browser keeps nothing from sites, even to ask throws; so does a storage that is full. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function parse(json: string | null | undefined): Draft {
  const found = attempt(() => JSON.parse(json ?? 'null') as Partial<Draft> | null);
  if (typeof found?.text !== 'string') return emptyDraft;
  const { text, audience, to, replyTo, mentions } = found;
  return {
    text,
    audience: audience === 'teacher' || audience === 'announcement' ? audience : 'all',
    ...(typeof to === 'string' && { to }),
    ...(typeof replyTo === 'string' && { replyTo }),
    mentions: Array.isArray(mentions) ? mentions.filter((id) => typeof id === 'string') : [],
  };
}
