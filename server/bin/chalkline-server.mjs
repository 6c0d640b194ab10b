#!/usr/bin/env node
import process from 'node:process';
import { register } from 'tsx/esm/api';

register();
const { run } = await import('../src/cli.ts');
try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
