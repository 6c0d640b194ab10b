import { installFrameClock } from './frame-clock.ts';
import type { PeerPackages } from './peer-packages.ts';
import type { Messages } from './pointer.ts';

type RecordOf = Record<string, unknown> & { id: string; typeName: string };

/** What is used of the packages, none of which the workspace knows. */
interface Schema {
  createTLSchema(options: object): object;
  createPresenceStateDerivation(user: object): (store: Store) => object;
  createShapeId(): string;
  defaultShapeSchemas: object;
  defaultBindingSchemas: object;
  TLPOINTER_ID: string;
  b64Vecs: { encodePoints(points: readonly object[]): string };
}
interface Store {
  ensureStoreIsUsable(): void;
  allRecords(): RecordOf[];
  get(id: string): RecordOf | undefined;
  put(records: readonly RecordOf[]): void;
}
interface Message {
  type: string;
  [field: string]: unknown;
}

/** What tldraw's sync client sends while its drawing tool writes to its store, frame by frame, with the pointer in its presence. */
export async function tldrawMessages(peers: PeerPackages): Promise<Messages> {
  const schema = (await peers.load('@tldraw/tlschema')) as unknown as Schema;
  const { Store } = (await peers.load('@tldraw/store')) as { Store: new (options: object) => Store };
  const { atom } = (await peers.load('@tldraw/state')) as { atom: (name: string, value: unknown) => object };
  const { TLSyncClient } = (await peers.load('@tldraw/sync-core')) as {
    TLSyncClient: new (options: object) => { close(): void };
  };

  return (samples) => {
    const clock = installFrameClock();
    const sent: Message[] = [];
    const unanswered: Message[] = [];
    let hear: (message: object) => void = () => undefined;
    const answer = (): void => {
      for (const message of unanswered.splice(0)) {
        const { type, connectRequestId, protocolVersion, clientClock } = message;
        if (type === 'ping') hear({ type: 'pong' });
        else if (type === 'connect')
          hear({
            type,
            connectRequestId,
            protocolVersion,
            schema: message.schema,
            hydrationType: 'wipe_all',
            serverClock: 0,
            diff: {},
            isReadonly: false,
          });
        else
          hear({
            type: 'data',
            data: [{ type: 'push_result', clientClock, serverClock: 1, action: 'commit' }],
          });
      }
    };
    const frame = (): void => {
      clock.frame();
      answer();
    };
    try {
      const { createTLSchema, defaultShapeSchemas: shapes, defaultBindingSchemas: bindings } = schema;
      const store = new Store({
        schema: createTLSchema({ shapes, bindings }),
        props: { defaultName: '', assets: {}, onMount: () => undefined },
      });
      store.ensureStoreIsUsable();
      const user = atom('user', { id: 'user:ada', name: 'Ada', color: '#2563eb' });
      const client = new TLSyncClient({
        store,
        presence: schema.createPresenceStateDerivation(user)(store),
        presenceMode: atom('presence', 'full'),
        onLoad: () => undefined,
        onSyncError: (reason: string) => {
          throw new Error(`tldraw's client refused to connect: ${reason}`);
        },
        socket: {
          connectionStatus: 'online',
          sendMessage: (message: Message) => void (sent.push(message), unanswered.push(message)),
          onReceiveMessage: (listener: typeof hear) => {
            hear = listener;
            return () => undefined;
          },
          onStatusChange: () => () => undefined,
          restart: () => undefined,
          close: () => undefined,
        },
      });
      answer();
      store.ensureStoreIsUsable();
      for (let left = 60; left > 0; left--) frame();
      sent.length = 0;

      const pageId = store.allRecords().find(({ typeName }) => typeName === 'page')?.id;
      const put = (id: string, change: object): void => {
        const before = store.get(id);
        if (before) store.put([{ ...before, ...change }]);
      };
      let shape: { id: string; x: number; y: number; points: object[] } | undefined;
      let count = 0;
      for (const { x, y, isDown } of samples) {
        // A mouse tells of whole pixels.
        const at = { x: Math.round(x), y: Math.round(y) };
        put(schema.TLPOINTER_ID, { ...at, lastActivityTimestamp: Date.now() });
        const props = (path: string, isComplete: boolean) => ({
          color: 'black',
          fill: 'none',
          dash: 'draw',
          size: 'm',
          segments: [{ type: 'free', path }],
          isComplete,
          isClosed: false,
          isPen: false,
          scale: 1,
          scaleX: 1,
          scaleY: 1,
        });
        if (isDown && !shape) {
          shape = { id: schema.createShapeId(), ...at, points: [{ x: 0, y: 0, z: 0.5 }] };
          const place = { ...at, rotation: 0, index: `a${(count += 1)}V`, parentId: pageId };
          const rest = { typeName: 'shape', type: 'draw', isLocked: false, opacity: 1, meta: {} };
          const path = schema.b64Vecs.encodePoints(shape.points);
          store.put([{ id: shape.id, ...place, ...rest, props: props(path, false) }]);
        } else if (shape) {
          if (isDown) shape.points.push({ x: at.x - shape.x, y: at.y - shape.y, z: 0.5 });
          put(shape.id, { props: props(schema.b64Vecs.encodePoints(shape.points), !isDown) });
          if (!isDown) shape = undefined;
        }
        frame();
      }
      for (let left = 60; left > 0; left--) frame();
      client.close();
      return sent.map((message) => ({ byteLength: Buffer.byteLength(JSON.stringify(message)) }));
    } finally {
      clock.restore();
    }
  };
}
