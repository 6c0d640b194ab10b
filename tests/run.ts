import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrograms } from './harness/requirements.ts';

/** Every check of the project, and one line at the end that counts them all: `N passed, N failed`. */
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'chalkline-test-'));
const report = join(folder, 'vitest.json');
const tally = { passed: 0, failed: 0, skipped: 0 };

try {
  ensurePrograms(say);
  // These take what the tests leave of the processor, which wait a lot.
  const lint = check('lint', ['eslint', '.', '--max-warnings', '0']);
  const others = async (): Promise<void> => {
    // One program, which reads each source once; that the SDK needs no Vite and the server no DOM is seen as they are packed.
    await check('types', ['vue-tsc', '--noEmit']);
    await check('format', ['prettier', '--check', '--log-level', 'warn', '.']);
  };
  // All have to end before it is said how many passed.
  for (const end of await Promise.allSettled([lint, others(), vitest()]))
    if (end.status === 'rejected') throw end.reason;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  tally.failed += 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
say(`\n${tally.passed} passed, ${tally.failed} failed${skipped}`);
process.exitCode = tally.failed > 0 ? 1 : 0;

/** One tool that passes or fails as a whole; its words are shown if it fails. */
async function check(name: string, command: readonly string[]): Promise<void> {
  const startedAt = Date.now();
  const { code, output } = await run(command, 'kept');
  tally[code === 0 ? 'passed' : 'failed'] += 1;
  say(`${code === 0 ? '✓' : '✗'} ${name} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  if (code !== 0) say(output);
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
}

async function vitest(): Promise<void> {
  const reporters = [
    '--reporter=default',
    '--silent=passed-only',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const { code } = await run(['vitest', 'run', ...reporters, ...process.argv.slice(2)], 'shown');
  const result = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  tally.passed += result.numPassedTests;
  tally.skipped += result.numPendingTests + result.numTodoTests;
  // A file that could not be loaded, or an error outside of any test, counts as one.
  tally.failed += result.numFailedTests > 0 || code === 0 ? result.numFailedTests : 1;
}

function run(command: readonly string[], words: 'kept' | 'shown'): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const [name = '', ...args] = command;
    const child = spawn(join(root, 'node_modules/.bin', name), args, {
      cwd: root,
      stdio: ['ignore', words === 'shown' ? 'inherit' : 'pipe', words === 'shown' ? 'inherit' : 'pipe'],
    });
    if (words === 'kept' && child.pid !== undefined)
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
