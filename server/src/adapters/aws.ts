import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';
import { createHmac, hash } from 'node:crypto';

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
  let identity = credentials;
  return {
    handler: new NodeHttpHandler(handler),
    signer: new SignatureV4({
      service,
      region: region ?? process.env.AWS_REGION ?? 'us-east-1',
      // What a function's environment holds is the same for as long as it lives, and each look at it takes its time.
      credentials: () => Promise.resolve((identity ??= credentialsOfRole())),
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

const bytesOf = (data: Data): Buffer => {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
};

/** The newest HMAC whose secret is a text: with each signature the signer asks for the same, to find its signing key. */
let known: { secret: string; data: Buffer; digest: Buffer } | undefined;

/** Node's hash in the signer's words, in one step: that takes half of the time of three. */
class Sha256 {
  readonly #secret: Data | undefined;
  #data: Buffer = Buffer.alloc(0);

  constructor(secret?: Data) {
    this.#secret = secret;
  }

  update(data: Data): void {
    const bytes = bytesOf(data);
    this.#data = this.#data.length === 0 ? bytes : Buffer.concat([this.#data, bytes]);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(
      this.#secret === undefined ? hash('sha256', this.#data, 'buffer') : this.#hmac(this.#secret),
    );
  }

  reset(): void {
    this.#data = Buffer.alloc(0);
  }

  #hmac(secret: Data): Buffer {
    if (secret === known?.secret && this.#data.equals(known.data)) return known.digest;
    const digest = createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret))
      .update(this.#data)
      .digest();
    if (typeof secret === 'string') known = { secret, data: this.#data, digest };
    return digest;
  }
}
