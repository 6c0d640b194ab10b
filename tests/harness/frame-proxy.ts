import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export interface FrameProxy {
  url: string;
  close(): Promise<void>;
}

/**
 * Stands between clients and the backend at `url`, and says what another backend would.
 * @param down what a text from the backend becomes on its way, and what comes with it
 */
export async function startFrameProxy(url: string, down: (text: string) => string[]): Promise<FrameProxy> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'chalkline.v1' });
  server.on('connection', (client, request) => {
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
    const upstream = new WebSocket(url, offered);
    const opened = once(upstream, 'open');
    client.on('message', (data: Buffer) => {
      const text = data.toString();
      void opened.then(() => upstream.send(text));
    });
    upstream.on('message', (data: Buffer) => {
      for (const text of down(data.toString())) client.send(text);
    });
    client.on('close', () => upstream.close(1000));
    upstream.on('close', () => client.close(1000));
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
