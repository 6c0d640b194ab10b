import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './requirements.ts';

/**
 * Runs a script in a tab that stands behind another one, without the defences that Playwright puts up against what a browser
 * does to such a tab: after a moment instead of five minutes, timers that set each other run once a minute. Resolves when
 * the page calls itself hidden.
 */
export async function openHiddenTab(script: string): Promise<{ close(): Promise<void> }> {
  const tellIfHidden = `const tell = () => document.hidden && fetch('/hidden');
    document.addEventListener('visibilitychange', tell); tell();`;
  const server = createServer(({ url }, response) => {
    if (url === '/hidden') server.emit('hidden');
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><script>${tellIfHidden}${script}</script>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const profile = await mkdtemp(join(tmpdir(), 'chalkline-browser-'));
  const args = [
    ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1',
    `--user-data-dir=${profile}`,
    `http://127.0.0.1:${port}/`,
  ];
  const browser = spawn(chromiumPath(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const close = async (): Promise<void> => {
    browser.kill('SIGKILL');
    if (browser.exitCode === null && browser.signalCode === null) await once(browser, 'exit');
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const tools = await new Promise<string>((resolve, reject) => {
      let said = '';
      browser.once('error', reject);
      browser.once('exit', () => reject(new Error(`the browser did not start; ${said}`)));
      browser.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const [, address] = /DevTools listening on ws:\/\/([^/]+)\//.exec(said) ?? [];
        if (address !== undefined) resolve(address);
      });
    });
    const hidden = once(server, 'hidden', { signal: AbortSignal.timeout(10_000) });
    await once(server, 'request', { signal: AbortSignal.timeout(10_000) });
    const opened = await fetch(`http://${tools}/json/new?about:blank`, { method: 'PUT' });
    const { id } = (await opened.json()) as { id: string };
    await fetch(`http://${tools}/json/activate/${id}`);
    await hidden;
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}
