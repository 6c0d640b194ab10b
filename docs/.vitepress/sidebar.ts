import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** A page by its path in the folder, with its first heading as its text. */
function item(name: string) {
  const title = /^# (.+)$/m.exec(readFileSync(join(root, `${name}.md`), 'utf8'))?.[1] ?? name;
  return { text: title.replaceAll(/[`<>]/g, ''), link: `/${name}` };
}

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file.slice(0, -'.md'.length)))
    .toSorted();
}

const guide = [
  'getting-started',
  'auth',
  'embedding',
  'chat',
  'class-control',
  'shared-state',
  'own-messages',
  'documents',
  'testing',
  'themes',
  'languages',
  'headless',
  'migrating',
  'troubleshooting',
];
const notListed = ['index', 'api/README'];

/** Every page is in it, so that who adds one has nothing else to do. */
export const sidebar = [
  { text: 'Guide', items: guide.map(item) },
  { text: 'Components', items: pagesIn('components').map(item) },
  {
    text: 'How it works',
    items: pagesIn('')
      .filter((name) => !guide.includes(name) && !notListed.includes(name))
      .map(item),
  },
  {
    text: 'SDK',
    items: [...pagesIn('api'), ...pagesIn('api/client-sdk')]
      .filter((name) => !notListed.includes(name))
      .map(item),
  },
];
