import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
// In the docs package, so that a sample finds what a reader would install.
const folder = join(root, 'docs/.cache/samples');

async function pages(): Promise<string[]> {
  const docs = await readdir(join(root, 'docs'), { recursive: true });
  const own = docs.filter((path) => path.endsWith('.md') && !/(^|\/)(node_modules|api|\.\w+)\//.test(path));
  return ['README.md', ...own.map((path) => join('docs', path))];
}

/** The TypeScript and Vue samples of a page as files. A sample that imports nothing goes on with the page's first. */
function samplesOf(markdown: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const [, language, code = ''] of markdown.matchAll(/^```(ts|vue)\n(.*?)^```$/gms)) {
    if (language === 'vue') files.set(files.has('App.vue') ? `App${files.size}.vue` : 'App.vue', code);
    else {
      const module = /^import /m.test(code) ? `sample${files.size}.ts` : 'sample0.ts';
      files.set(module, (files.get(module) ?? '') + code);
    }
  }
  return files;
}

it('every sample of the README and the docs compiles', async () => {
  await rm(folder, { recursive: true, force: true });
  let count = 0;
  for (const page of await pages()) {
    for (const [name, code] of samplesOf(await readFile(join(root, page), 'utf8'))) {
      const file = join(folder, page.replaceAll('/', '-'), name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, code);
      count += 1;
    }
  }
  const tsconfig = {
    extends: '../../tsconfig.json',
    compilerOptions: { noUnusedLocals: false },
    include: ['**/*.ts', '**/*.vue', '../../*.d.ts'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  expect(count).toBeGreaterThan(10);
  // Seen red: `from` written as `sender` in the README.
  const problems = await promisify(execFile)(join(root, 'node_modules/.bin/vue-tsc'), [
    '--noEmit',
    '-p',
    folder,
  ]).then(
    () => '',
    (error: unknown) => (error as { stdout: string }).stdout,
  );
  expect(problems).toBe('');
}, 180_000);
