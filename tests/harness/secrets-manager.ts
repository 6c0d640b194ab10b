import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Secrets Manager's one call that a function makes. */
export interface SecretsManager {
  url: string;
  /** Gives a secret a new value; the one before becomes `AWSPREVIOUS`. */
  put(secretId: string, value: string): void;
  /** How the next calls fail: with the code of an error, with `silence`, or with `half` an answer. Undefined heals. */
  failure: string | undefined;
  /** How many calls came. */
  calls: number;
  close(): Promise<void>;
}

interface Question {
  SecretId: string;
  VersionStage?: string;
}

export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, string[]>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      manager.calls += 1;
      const { SecretId, VersionStage = 'AWSCURRENT' } = JSON.parse(body) as Question;
      const value = secrets.get(SecretId)?.[VersionStage === 'AWSPREVIOUS' ? 1 : 0];
      const code = manager.failure ?? (value === undefined ? 'ResourceNotFoundException' : undefined);
      if (code === 'silence') return;
      if (code === 'half') return void response.writeHead(200).write('{');
      response.writeHead(code === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(
        JSON.stringify(
          code === undefined ? { Name: SecretId, SecretString: value } : { __type: code, message: code },
        ),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const manager: SecretsManager = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put(secretId, value) {
      secrets.set(secretId, [value, ...(secrets.get(secretId) ?? [])].slice(0, 2));
    },
    failure: undefined,
    calls: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return manager;
}
