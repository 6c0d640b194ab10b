import { chromium, type Browser } from 'playwright-core';
import { chromiumPath } from './requirements.ts';

/** Starts the real browser, without what it would say to the outside; `args` are further ones of the command line. */
export function startBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
}
