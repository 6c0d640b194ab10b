import type { Page } from 'playwright-core';

export interface ListedState {
  /** `Component/state`, as it stands in the address. */
  state: string;
  /** Selects what is seen in it. */
  shows: string;
}

/** Every state that the gallery of the demo lists. */
export async function openGallery(page: Page, demoUrl: string): Promise<ListedState[]> {
  await page.goto(`${demoUrl}/gallery/`);
  const links = page.locator('a[data-state]');
  await links.first().waitFor();
  return links.evaluateAll((anchors) =>
    anchors.map((anchor) => ({
      state: anchor.getAttribute('data-state') ?? '',
      shows: anchor.getAttribute('data-shows') ?? '',
    })),
  );
}

/** Goes to a state without loading the page again. @throws Error where it does not show what it says */
export async function showState(page: Page, { state, shows }: ListedState, look: string): Promise<void> {
  const isThere = await page.evaluate(
    async ({ search, shows }) => {
      const { dataset } = document.documentElement;
      history.pushState(null, '', search);
      dispatchEvent(new PopStateEvent('popstate'));
      while (dataset.shown === undefined) await new Promise(requestAnimationFrame);
      return document.querySelector(shows) !== null;
    },
    { search: `?state=${state}&${look}`, shows },
  );
  if (!isThere) throw new Error(`${state} does not show ${shows}`);
}
