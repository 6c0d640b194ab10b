import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startRedis, type RedisProcess } from './redis.ts';

/** A certificate for this machine, signed by itself, that is good for a day. */
export interface Certificate {
  /** In PEM, for who has to trust it. */
  pem: string;
  pemFile: string;
  keyFile: string;
  remove(): Promise<void>;
}

export async function createCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'chalkline-tls-'));
  const [pemFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', keyFile, '-out', pemFile],
  ]);
  return {
    pem: await readFile(pemFile, 'utf8'),
    pemFile,
    keyFile,
    remove: () => rm(folder, { recursive: true }),
  };
}

export interface TlsRedisOptions {
  certificate: Certificate;
  /** The one user: its name, password and rights as of `ACL SETUSER`. */
  user: { name: string; password: string; rights: string };
  /** The port of the primary that it follows. @default none */
  primaryPort?: number;
  /** More arguments of `redis-server`. @default none */
  args?: readonly string[];
}

/** Who may do everything, as a managed cache itself may. Its password is the user's. */
export const ADMIN = 'admin';

/** Starts a server as a managed cache would: TLS and nothing else, one user with a password, nobody without. */
export async function startTlsRedis({
  certificate,
  user,
  primaryPort,
  args = [],
}: TlsRedisOptions): Promise<RedisProcess> {
  const port = await freePort();
  const server = await startRedis({
    port,
    args: [
      ...['--port', '0', '--tls-port', String(port), '--tls-replication', 'yes', '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', certificate.pemFile, '--tls-key-file', certificate.keyFile],
      ...['--tls-ca-cert-file', certificate.pemFile],
      // Its own replica has rights that the user has not: a managed cache sees to that itself.
      ...['--user', 'replica', 'on', `>${user.password}`, '+psync', '+replconf', '+ping'],
      ...['--user', user.name, 'on', `>${user.password}`, ...user.rights.split(' ')],
      ...['--user', ADMIN, 'on', `>${user.password}`, '~*', '&*', '+@all'],
      ...['--user', 'default', 'off', '--repl-diskless-sync-delay', '0'],
      ...['--masteruser', 'replica', '--masterauth', user.password],
      ...args,
      ...(primaryPort === undefined ? [] : ['--replicaof', '127.0.0.1', String(primaryPort)]),
    ],
  });
  const login = `${user.name}:${encodeURIComponent(user.password)}`;
  return { ...server, url: `rediss://${login}@127.0.0.1:${port}` };
}
