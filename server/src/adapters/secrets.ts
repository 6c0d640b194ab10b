import { ChalklineError } from '@chalkline/client-sdk/protocol';
import { text } from 'node:stream/consumers';
import { deadlines } from '../deadlines.ts';
import type { Clock } from '../ports.ts';
import { createAws } from './aws.ts';
import { within } from './deadline.ts';
import type { ReadSecrets } from './jwt.ts';

export interface SecretsOptions {
  /** Name or ARN in Secrets Manager. Its value is the secret itself, or JSON if that is what the reader expects. */
  secretId: string;
  /** Of Secrets Manager: `https://secretsmanager.{region}.amazonaws.com`. */
  endpoint: string;
  clock: Clock;
  /** For how long a value is not read again, in ms: the longest that a withdrawn one stays good. @default 900000 */
  maxAgeMs?: number;
  /** For how long it is not read again though a token did not fit, in ms: anybody can send such tokens. @default 30000 */
  minAgeMs?: number;
  /** Longest read, in ms. @default 3000 */
  deadlineMs?: number;
}

interface Answer {
  SecretString?: string;
  __type?: string;
  message?: string;
  Message?: string;
}

/**
 * Reads the value of a secret and the one before it, which Secrets Manager keeps as `AWSPREVIOUS`: a change needs nothing
 * but the new value, and nobody who holds a token signed with the old one is turned away.
 *
 * Rejects with `internal` if Secrets Manager refuses or does not answer, unless values are known from before.
 */
export function createSecrets(options: SecretsOptions): ReadSecrets {
  const { secretId, endpoint, clock, maxAgeMs = 900_000, minAgeMs = 30_000 } = options;
  const { deadlineMs = deadlines.secretMs } = options;
  const aws = createAws({ service: 'secretsmanager' });
  const { protocol, hostname, port, host } = new URL(endpoint);
  let known: readonly string[] = [];
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;

  /** The value at a stage; undefined if there is none. */
  const read = async (VersionStage: string): Promise<string | undefined> => {
    const request = await aws.signer.sign({
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      method: 'POST',
      path: '/',
      query: {},
      headers: {
        host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.GetSecretValue',
      },
      body: JSON.stringify({ SecretId: secretId, VersionStage }),
    });
    const abortSignal = AbortSignal.timeout(deadlineMs);
    const { response } = await aws.handler.handle(request as never, { abortSignal });
    const answer = JSON.parse(await text(response.body as NodeJS.ReadableStream)) as Answer;
    if (response.statusCode === 200) return answer.SecretString;
    // `prefix#Name`, or the name alone.
    const name = answer.__type?.split('#').at(-1) ?? String(response.statusCode);
    if (name === 'ResourceNotFoundException') return undefined;
    throw Object.assign(new Error(answer.message ?? answer.Message ?? 'no reason given'), { name });
  };
  const readBoth = async (): Promise<void> => {
    // A secret that was never changed has no previous value. The signal of a call ends with the head of its answer.
    const both = Promise.all([read('AWSCURRENT'), read('AWSPREVIOUS')]);
    const [current, previous] = await within(deadlineMs, both);
    if (current === undefined) throw new Error(`there is no ${secretId}`);
    known = [current, ...(previous === undefined ? [] : [previous])];
  };

  return async (isStale) => {
    const age = clock() - readAt;
    if (age < (isStale ? minAgeMs : maxAgeMs)) return known;
    reading ??= readBoth().finally(() => (reading = undefined));
    try {
      await reading;
      readAt = clock();
    } catch (cause) {
      // Lessons go on while Secrets Manager does not answer.
      if (known.length === 0)
        throw new ChalklineError('internal', 'unable to read the secret; Secrets Manager gave none', {
          cause,
        });
      readAt = clock() - maxAgeMs + minAgeMs;
    }
    return known;
  };
}
