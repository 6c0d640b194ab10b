import * as z from 'zod/mini';
import type { ClientOptions } from 'ws';
import { PlainSocket } from '../smoke/plain-socket.ts';
import type { Ask } from './handler.ts';

/** How long nothing has to come for it to be nothing, in ms. */
const QUIET_MS = 2_000;
const errorFrame = z.object({ message: z.string(), requestId: z.string() });

/** A socket of a probe deployment: texts in, texts out. */
export class ProbeSocket extends PlainSocket {
  readonly #heard: string[] = [];

  /**
   * @param tell the connectionId that hears what `$disconnect` was told of this socket. @default none
   * @throws RefusedHandshake, or the socket's own error
   */
  static open(
    url: string,
    { ask = 'nothing', tell = '', ...options }: { ask?: Ask; tell?: string } & ClientOptions = {},
  ): Promise<ProbeSocket> {
    const address = new URL(url);
    address.search = new URLSearchParams({ ask, ...(tell === '' ? {} : { tell }) }).toString();
    return new ProbeSocket(address.href, [], options).opened();
  }

  say(action: string, fields: object = {}): void {
    this.sendRaw(JSON.stringify({ action, ...fields }));
  }

  /** Takes the next text that comes. */
  async hears(what: string): Promise<string> {
    await this.until(what, () => this.#heard.length > 0);
    const text = this.#heard.shift();
    if (text === undefined)
      throw new Error(`the socket closed with ${(await this.closes()).code} before ${what}`);
    return text;
  }

  /** Takes the next text, or nothing if all is quiet. */
  async hearsOrQuiet(): Promise<string | undefined> {
    await this.holds(() => this.#heard.length > 0, QUIET_MS);
    return this.#heard.shift();
  }

  async connectionId(): Promise<string> {
    this.say('who-am-i');
    return z.parse(z.object({ connectionId: z.string() }), JSON.parse(await this.hears('its connectionId')))
      .connectionId;
  }

  protected hear(text: string): void {
    this.#heard.push(text);
  }
}

/** The `message` of a frame that API Gateway itself sent; undefined for any other. */
export function errorMessageOf(text: string): string | undefined {
  try {
    const read = z.safeParse(errorFrame, JSON.parse(text));
    return read.success ? read.data.message : undefined;
  } catch {
    return undefined;
  }
}
