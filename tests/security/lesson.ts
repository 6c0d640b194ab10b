import type { LogLine, DevServer, DevServerOptions } from '@chalkline/server';
import { signToken, startDevServer } from '@chalkline/server';
import { expect } from 'vitest';
import { SECRET } from '../harness/sdk-client.ts';
import { idsOf, RawClient } from './raw-client.ts';

export const AUDIENCE = 'chalkline-tests';

export const tokenOf = (
  userId: string,
  change: Partial<Parameters<typeof signToken>[0]> = {},
): Promise<string> =>
  signToken({
    secret: SECRET,
    userId,
    name: userId,
    classrooms: { maths: roles[userId] ?? 'student' },
    audience: AUDIENCE,
    ...change,
  });

const roles: Record<string, 'teacher' | 'student' | 'observer'> = {
  ada: 'teacher',
  ben: 'student',
  chen: 'observer',
};

/** A backend with raw sockets on it, which remembers every token and every line of its log. */
export class Lesson {
  readonly server: DevServer;
  readonly lines: LogLine[];
  readonly tokens: string[] = [];
  readonly #clients: RawClient[] = [];
  #marks = 0;

  private constructor(server: DevServer, lines: LogLine[]) {
    this.server = server;
    this.lines = lines;
  }

  static async begin(options: Partial<DevServerOptions> = {}): Promise<Lesson> {
    const lines: LogLine[] = [];
    const log = (line: LogLine): void => void lines.push(line);
    return new Lesson(
      await startDevServer({ secret: SECRET, audience: AUDIENCE, port: 0, log, ...options }),
      lines,
    );
  }

  async knock(token: string | undefined): Promise<RawClient> {
    if (token !== undefined) this.tokens.push(token);
    const protocols = token === undefined ? [] : [`bearer.${token}`];
    const client = await RawClient.open(this.server.url, ['chalkline.v1', ...protocols]);
    this.#clients.push(client);
    return client;
  }

  /** Opens a socket as this user, who is let into `maths`. */
  async open(userId: string, change: Parameters<typeof tokenOf>[1] = {}): Promise<RawClient> {
    return await this.knock(await tokenOf(userId, change));
  }

  /** Opens a socket and takes a seat in `maths`. */
  async enter(userId: string, clientId = 'tab'): Promise<RawClient> {
    const client = await this.open(userId);
    await client.join('maths', clientId);
    return client;
  }

  /**
   * Proves that nothing was stored or sent since `witness` last heard something: a message that `speaker` says now has
   * the very next seq and is the only thing that `witness` hears.
   */
  async expectSilence(speaker: RawClient, witness: RawClient, headSeq: number): Promise<void> {
    const mark = `mark-${(this.#marks += 1)}`;
    const { results } = await speaker.chat('maths', mark);
    expect(results).toMatchObject([{ id: mark, seq: headSeq + 1 }]);
    await witness.hears(mark, (event) => idsOf([event]).includes(mark));
    expect(witness.heard).toEqual([]);
  }

  /** Ends the lesson, and looks whether the log tells any token. */
  async end(): Promise<void> {
    for (const { socket } of this.#clients) socket.terminate();
    await this.server.close();
    const log = JSON.stringify(this.lines);
    for (const token of this.tokens) {
      for (const part of token.split('.').slice(1)) if (part !== '') expect(log).not.toContain(part);
    }
  }
}
