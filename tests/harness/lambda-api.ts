import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Lambda's `Invoke`, as the AWS SDK asks for it. */
export interface LambdaApi {
  url: string;
  close(): Promise<void>;
}

/** A failed invocation is answered with 200 and a header, as by Lambda; one above its 6 MB as well. */
export async function startLambdaApi(
  invoke: (name: string, event: unknown) => Promise<unknown>,
): Promise<LambdaApi> {
  const server = createServer((request, response) => {
    void answer().catch((error: unknown) => {
      const { name, message } = error as Error;
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorType: name, errorMessage: message }));
    });
    async function answer(): Promise<void> {
      const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
      const isSigned = /^AWS4-HMAC-SHA256 .*\/lambda\//.test(request.headers.authorization ?? '');
      if (name === undefined || !isSigned) return void response.writeHead(403).end('{}');
      const told = JSON.stringify(await invoke(decodeURIComponent(name), JSON.parse(await text(request))));
      if (Buffer.byteLength(told) > 6_291_556) throw new Error('the answer is above 6 MB');
      response.end(told);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
