import { Emitter } from './emitter.ts';
import type { Receipt } from './outbox.ts';
import { accessKey, isOpen, type Access as AccessValue, type Kept, type Role } from './protocol/index.ts';
import type { State } from './state.ts';

type Records = Pick<State, 'find' | 'wish' | 'write' | 'on'>;

export interface AccessOptions {
  state: Records;
  self(): string;
  /** The role of a member; undefined for who is not in. */
  roleOf(userId: string): Role | undefined;
  /** Whether messages of this type have a topic. */
  hasTopic(type: string): boolean;
}

export interface AccessEvents {
  /** A topic was closed or opened, for us or for others. */
  change: { topic: string };
  /** What `willBeOpen` returns is, or may be, another. */
  wish: { topic: string };
  /** What we may publish has changed. */
  permissions: { role: Role; permissions: readonly string[] };
}

/** What a teacher has closed or opened, for all or for one: the chat, or a document such as the board. */
export class Access {
  readonly #options: AccessOptions;
  readonly #emitter = new Emitter<AccessEvents>();
  #role: Role | undefined;
  #types: readonly string[] = [];
  /** The role and permissions that the app knows of. */
  #told: string | undefined;

  /** @internal */
  constructor(options: AccessOptions) {
    this.#options = options;
    const prefix = accessKey('');
    options.state.on('change', ({ key }) => {
      if (!key.startsWith(prefix)) return;
      this.#emitter.emit('change', { topic: key.slice(prefix.length) });
      this.tell();
    });
    options.state.on('wish', ({ key }) => {
      if (key.startsWith(prefix)) this.#emitter.emit('wish', { topic: key.slice(prefix.length) });
    });
  }

  on<K extends keyof AccessEvents>(event: K, listener: (payload: AccessEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Whether `chat`, or a document, is open for a member; it always is for a teacher. @param userId @default our own */
  isOpen(topic: string, userId = this.#options.self()): boolean {
    const role = userId === this.#options.self() ? this.#role : this.#options.roleOf(userId);
    return role === 'teacher' || this.#ask('find', topic, userId);
  }

  /** Whether it is open for students, or for one of them, as we have set it last: also before the server has kept it. */
  willBeOpen(topic: string, userId = ''): boolean {
    return this.#ask('wish', topic, userId);
  }

  /**
   * Opens or closes a topic: for one member, or for everyone, and then nobody is an exception any more. Resolves when the
   * server has kept it.
   * @throws ChalklineError `forbidden` for who is no teacher, else as `publish` does.
   */
  async set(topic: string, isOpen: boolean, userId?: string): Promise<Receipt> {
    return await this.#options.state.write(accessKey(topic), { isOpen } satisfies AccessValue, userId);
  }

  /** @internal */
  get role(): Role | undefined {
    return this.#role;
  }

  /** @internal The message types that we may publish now. */
  get permissions(): readonly string[] {
    return this.#types.filter((type) => this.may(type));
  }

  /** @internal */
  may(type: string, topic = nounOf(type)): boolean {
    return this.#types.includes(type) && (!this.#options.hasTopic(type) || this.isOpen(topic));
  }

  /** @internal Who may publish nothing may not signal either. */
  maySignal(type: string): boolean {
    return this.#types.length > 0 && this.isOpen(nounOf(type));
  }

  /** @internal What the server says of us: our role, and the types that it may publish. */
  grant(role: Role, types: readonly string[]): void {
    this.#role = role;
    this.#types = types;
  }

  /** @internal We are no longer in. */
  revoke(): void {
    this.#role = this.#told = undefined;
    this.#types = [];
  }

  /** @internal Says what we may publish, if that is news. */
  tell(): void {
    const [role, permissions] = [this.#role, this.permissions];
    if (!role) return;
    const told = [role, ...permissions].join();
    const isNews = this.#told !== undefined && this.#told !== told;
    this.#told = told;
    if (isNews) this.#emitter.emit('permissions', { role, permissions });
  }

  #ask(what: 'find' | 'wish', topic: string, userId: string): boolean {
    const read = (whose?: string) =>
      this.#options.state[what](accessKey(topic), whose) as Kept<AccessValue> | undefined;
    return isOpen(read(), read(userId));
  }
}

function nounOf(type: string): string {
  return type.split('.', 1)[0] ?? type;
}
