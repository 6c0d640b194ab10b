import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root, samplesOf } from './samples.ts';

// In the docs package, so that a sample finds what a reader would install.
const folder = join(root, 'docs/.cache/samples');

async function pages(): Promise<string[]> {
  const docs = await readdir(join(root, 'docs'), { recursive: true });
  const own = docs.filter((path) => path.endsWith('.md') && !/(^|\/)(node_modules|api|\.\w+)\//.test(path));
  return ['README.md', ...own.map((path) => join('docs', path))];
}

it('every sample of the README and the docs compiles', async () => {
  await rm(folder, { recursive: true, force: true });
  let count = 0;
  for (const page of await pages()) {
    for (const [name, code] of await samplesOf(page)) {
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
