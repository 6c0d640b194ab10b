import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Those of the READMEs and of all docs, each page's in a folder of its own. */
export async function allSamples(): Promise<[path: string, code: string][]> {
  const docs = await readdir(join(root, 'docs'), { recursive: true });
  const own = docs.filter((path) => path.endsWith('.md') && !/(^|\/)(node_modules|api|\.\w+)\//.test(path));
  const readmes = ['.', 'client-sdk', 'server', 'vue-components'].map((folder) => join(folder, 'README.md'));
  const pages = [...readmes, ...own.map((path) => join('docs', path))];
  const samples = pages.map(async (page) =>
    [...(await samplesOf(page))].map(([name, code]): [string, string] => [
      join(page.replaceAll('/', '-'), name),
      code,
    ]),
  );
  return (await Promise.all(samples)).flat();
}

/**
 * The TypeScript and Vue samples of a page of this repository as files. A sample that begins with a comment belongs to the file that
 * the comment names; another one that imports nothing goes on with the page's first.
 */
export async function samplesOf(page: string): Promise<Map<string, string>> {
  const markdown = await readFile(join(root, page), 'utf8');
  const files = new Map<string, string>();
  for (const [, language, code = ''] of markdown.matchAll(/^```(ts|vue)\n(.*?)^```$/gms)) {
    const name = /^(?:\/\/|<!--) (\S+\.\w+)/.exec(code)?.[1] ?? nameOf(language, code, files);
    files.set(name, (files.get(name) ?? '') + code);
  }
  return files;
}

function nameOf(language = '', code: string, files: ReadonlyMap<string, string>): string {
  if (language === 'vue') return files.has('App.vue') ? `App${files.size}.vue` : 'App.vue';
  return /^import /m.test(code) ? `sample${files.size}.ts` : 'sample0.ts';
}
