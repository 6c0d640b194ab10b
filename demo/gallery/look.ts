import type * as locales from '@chalkline/vue-components/locales';

export const themes = ['light', 'dark', 'host'] as const;
export type Theme = (typeof themes)[number];

/** How a state is looked at: all of it stands in the address. */
export interface Look {
  /** `Component/state`; none is the list of all. */
  state: string | undefined;
  theme: Theme;
  locale: keyof typeof locales;
  density: 'normal' | 'compact';
}

export function readLook(search: string): Look {
  const query = new URLSearchParams(search);
  return {
    state: query.get('state') ?? undefined,
    theme: themes.find((theme) => theme === query.get('theme')) ?? 'light',
    locale: (query.get('locale') ?? 'en') as Look['locale'],
    density: query.get('density') === 'compact' ? 'compact' : 'normal',
  };
}

export function writeLook(look: Look): string {
  const { state, ...others } = look;
  return `?${new URLSearchParams(state === undefined ? others : { state, ...others }).toString().replace('%2F', '/')}`;
}
