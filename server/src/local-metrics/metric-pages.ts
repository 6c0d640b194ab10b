import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalMeter } from './local-meter.ts';

const page = readFileSync(new URL('./page.html', import.meta.url), 'utf8');

/** Answers `/dashboard`, what it draws, and `/metrics`; false for any other address. */
export function metricPages(meter: LocalMeter) {
  return ({ method, url }: IncomingMessage, response: ServerResponse): boolean => {
    if (method !== 'GET') return false;
    const answer = (type: string, body: string): true => {
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
      return true;
    };
    if (url === '/dashboard') return answer('text/html; charset=utf-8', page);
    if (url === '/dashboard.json') return answer('application/json', JSON.stringify(meter.live()));
    if (url !== '/metrics') return false;
    void meter.text().then((text) => answer(meter.contentType, text));
    return true;
  };
}
