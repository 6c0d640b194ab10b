import '@chalkline/vue-components/style.css';
import { createApp } from 'vue';
import { components, stateAt } from './components.ts';
import GalleryPage from './GalleryPage.vue';
import './gallery.css';
import { readLook } from './look.ts';
import { openStage } from './stage.ts';

const app = document.querySelector<HTMLElement>('#app');
if (!app) throw new Error('the page has no #app');

/** What ends the state that is shown. */
let close = (): void => undefined;

async function show(root: HTMLElement): Promise<void> {
  close();
  const { state, theme, locale, density } = readLook(location.search);
  const page = document.documentElement;
  Object.assign(page.dataset, { theme, density });
  delete page.dataset.shown;
  const found = stateAt(state);
  if (found) {
    close = await openStage(root, found.component, found.state, locale);
  } else {
    const list = createApp(GalleryPage, { components });
    list.mount(root);
    close = () => list.unmount();
  }
  page.dataset.shown = state ?? '';
}

await show(app);
// Tests and the back button go from state to state without loading the page again.
addEventListener('popstate', () => void show(app));
