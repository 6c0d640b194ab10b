import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';
import { createHash, createHmac } from 'node:crypto';

export interface AwsOptions {
  /** As signatures name it: `execute-api`. */
  service: string;
  /** @default the function's region */
  region?: string | undefined;
  /** @default the function's role, whose credentials Lambda puts into the environment */
  credentials?: AwsCredentialIdentity | undefined;
  handler?: NodeHttpHandlerOptions;
}

/**
 * The AWS SDK's own signer and request handler. Its clients would add their middleware, their protocols and every way to
 * find credentials: a hundred and fifty kilobytes that each cold start has to read.
 */
export function createAws({ service, region, credentials, handler = {} }: AwsOptions) {
  return {
    handler: new NodeHttpHandler(handler),
    signer: new SignatureV4({
      service,
      region: region ?? process.env.AWS_REGION ?? 'us-east-1',
      credentials: () => Promise.resolve(credentials ?? credentialsOfRole()),
      sha256: Sha256,
    }),
  };
}

/** @throws Error where Lambda gave none. */
function credentialsOfRole(): AwsCredentialIdentity {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined)
    throw new Error('unable to sign; the environment holds no credentials');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
  };
}

type Data = string | ArrayBuffer | ArrayBufferView;

const bytesOf = (data: Data): Uint8Array => {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
};

/** Node's hash in the signer's words. */
class Sha256 {
  readonly #secret: Uint8Array | undefined;
  #hash;

  constructor(secret?: Data) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret);
    this.#hash = this.#begin();
  }

  update(data: Data): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin() {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}
