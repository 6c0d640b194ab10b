import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJwtVerifier } from '@chalkline/server';
import { beforeAll, expect, it } from 'vitest';
import { SECRET } from '../harness/sdk-client.ts';

/** The samples of docs/auth.md, signed by the language itself and read by the verifier that the backend uses. */
const docs = join(import.meta.dirname, '../../docs');
const page = readFileSync(join(docs, 'auth.md'), 'utf8');
const sample = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';

/** How a language is asked to run a program that reads from its input, and to print what the sample signs. */
const languages = [
  { language: 'python', program: 'python3', start: '', end: 'print(classroom_token("ada", "Ada Ünal"))' },
  { language: 'php', program: 'php', start: '<?php\n', end: 'echo classroomToken("ada", "Ada Ünal");' },
  { language: 'ruby', program: 'ruby', start: '', end: 'print classroom_token("ada", "Ada Ünal")' },
];
const isHere = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const verifier = createJwtVerifier({ secret: SECRET, clock: () => Date.now() });
const ada = { userId: 'ada', name: 'Ada Ünal', classrooms: { 'math-101': 'student' } };

beforeAll(() => {
  process.env.CHALKLINE_SECRET = SECRET;
});

it('node signs what the backend takes', async () => {
  const file = join(docs, '.cache/auth/token.ts');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, sample('ts'));
  const { classroomToken } = (await import(file)) as {
    classroomToken(user: { id: string; name: string }): Promise<string>;
  };
  const token = await classroomToken({ id: ada.userId, name: ada.name });
  expect(await verifier.verify(token)).toMatchObject(ada);
});

for (const { language, program, start, end } of languages) {
  // Seen red: SHA-512 in place of SHA-256.
  it.skipIf(!isHere(program))(`${language} signs what the backend takes`, async () => {
    const input = start + sample(language) + end;
    const token = execFileSync(program, { input, encoding: 'utf8' }).trim();
    expect(await verifier.verify(token)).toMatchObject(ada);
  });
}
