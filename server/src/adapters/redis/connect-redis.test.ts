import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { startRedis, type RedisProcess } from '../../../../tests/harness/redis.ts';
import { createCertificate, startTlsRedis } from '../../../../tests/harness/tls.ts';
import { connectRedis } from './connect-redis.ts';

const servers: RedisProcess[] = [];
const start: typeof startRedis = async (options) => {
  const server = await startRedis(options);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

it('connects with its first command, not before', async () => {
  const server = await start();
  const redis = connectRedis(server.url);
  expect(redis.status).toBe('wait');
  expect(await redis.ping()).toBe('PONG');
  await redis.quit();
});

// Seen red: maxRetriesPerRequest at its default of 20.
it('rejects soon when the server is gone, and comes back with it', async () => {
  const server = await start();
  const errors: Error[] = [];
  const redis = connectRedis(server.url, { onError: (error) => errors.push(error) });
  await redis.ping();
  await server.kill();
  await expect(redis.ping()).rejects.toThrow('max retries');
  expect(errors.length).toBeGreaterThan(0);

  const ready = new Promise((resolve) => redis.once('ready', resolve));
  await start({ port: server.port });
  await ready;
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
});

// Seen red: no commandTimeout.
it('gives up on a server that is there and does not answer', async () => {
  const server = await start();
  const redis = connectRedis(server.url);
  await redis.ping();
  await server.kill('SIGSTOP');
  await expect(redis.ping()).rejects.toThrow('timed out');
  redis.disconnect();
});

// Seen red: reconnectOnError left out.
it('leaves a server that became a replica, by a new connection', async () => {
  const server = await start();
  const redis = connectRedis(server.url);
  await redis.set('name', 'Ada');
  const look = new Redis(server.url);
  await look.replicaof('127.0.0.1', 1);
  const ready = new Promise((resolve) => redis.once('ready', resolve));
  await expect(redis.set('name', 'Ben')).rejects.toThrow('READONLY');
  await look.replicaof('NO', 'ONE');
  await ready;
  expect(await redis.set('name', 'Chen')).toBe('OK');
  look.disconnect();
  redis.disconnect();
});

// Seen red: the authority not given on; TLS left out for `rediss:`.
it('speaks TLS, as the user that the url names, to a server whose certificate it can check', async () => {
  const certificate = await createCertificate();
  const user = { name: 'chalkline', password: 'a/pass:word', rights: '~chalkline:* +@all' };
  const server = await startTlsRedis({ certificate, user });
  servers.push(server);
  const { url } = server;
  const trusting = connectRedis(url, { certificateAuthority: certificate.pem });
  expect(await trusting.call('ACL', 'WHOAMI')).toBe('chalkline');
  await trusting.quit();

  const errors: string[] = [];
  const others = [
    connectRedis(url),
    connectRedis(url.replace('a%2F', 'b%2F'), { certificateAuthority: certificate.pem }),
  ];
  for (const other of others) {
    other.on('error', ({ message }: Error) => errors.push(message));
    await expect(other.ping()).rejects.toThrow();
    other.disconnect();
  }
  expect(errors.join('\n')).toMatch(/self.signed certificate/);
  expect(errors.join('\n')).toMatch(/WRONGPASS/);
  await certificate.remove();
});
