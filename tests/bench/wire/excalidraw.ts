import type { PeerPackages } from './peer-packages.ts';
import type { Messages } from './pointer.ts';

type Element = Record<string, unknown> & { points: readonly (readonly number[])[] };

interface Elements {
  newFreeDrawElement(options: object): Element;
  newElementWith(element: Element, change: object): Element;
}

/** How often its app tells of the pointer, and of the whole scene; it encrypts with AES-GCM, whose tag has 16 bytes and whose IV 12. */
const CURSOR_MS = 33;
const SCENE_MS = 20_000;
const ENCRYPTION_BYTES = 28;

/**
 * What Excalidraw's app sends of its own elements: after each frame in which one has changed, that element whole; the pointer;
 * and every 20 seconds the scene. The frames of socket.io around them are left out.
 */
export async function excalidrawMessages(peers: PeerPackages): Promise<Messages> {
  // It asks what browser it is in when it is imported; what comes after it must not think that it is in one.
  const page = globalThis as unknown as Record<string, unknown>;
  const { navigator } = page;
  Object.assign(page, { window: globalThis, navigator: navigator ?? { userAgent: '', platform: '' } });
  const { newFreeDrawElement, newElementWith } = (await peers.load(
    '@excalidraw/element',
  )) as unknown as Elements;
  delete page.window;
  if (navigator === undefined) delete page.navigator;

  return (samples) => {
    const sent: { byteLength: number }[] = [];
    const send = (type: string, payload: object): void => {
      const text = JSON.stringify({ type, payload });
      sent.push({ byteLength: Buffer.byteLength(text) + ENCRYPTION_BYTES });
    };
    const scene: Element[] = [];
    let isDrawing = false;
    let cursorAt = -Infinity;
    let sceneAt = -Infinity;
    for (const { timeMs, x, y, isDown } of samples) {
      if (isDown && !isDrawing) scene.push(newFreeDrawElement(freeDraw(x, y)));
      const last = scene.at(-1);
      if (last && isDown) {
        const points = [...last.points, [x - Number(last.x), y - Number(last.y)]];
        scene[scene.length - 1] = newElementWith(last, isDrawing ? { points } : {});
      } else if (last && isDrawing)
        scene[scene.length - 1] = newElementWith(last, { lastCommittedPoint: last.points.at(-1) });
      if (isDown || isDrawing) {
        send('SCENE_UPDATE', { elements: [scene.at(-1)] });
        if (timeMs - sceneAt >= SCENE_MS) {
          sceneAt = timeMs;
          send('SCENE_UPDATE', { elements: scene });
        }
      }
      isDrawing = isDown;
      if (timeMs - cursorAt < CURSOR_MS) continue;
      cursorAt = timeMs;
      send('MOUSE_LOCATION', {
        socketId: 'abcdefghijklmnopqrst',
        pointer: { x, y, tool: 'pointer' },
        button: isDown ? 'down' : 'up',
        selectedElementIds: {},
        username: 'Ada',
      });
    }
    return sent;
  };
}

/** What its pen draws unless one chooses otherwise. */
function freeDraw(x: number, y: number): object {
  return {
    type: 'freedraw',
    x,
    y,
    points: [[0, 0]],
    pressures: [],
    simulatePressure: true,
    strokeColor: '#1e1e1e',
    backgroundColor: 'transparent',
    fillStyle: 'solid',
    strokeWidth: 2,
    strokeStyle: 'solid',
    roughness: 1,
    opacity: 100,
    roundness: null,
    frameId: null,
    locked: false,
  };
}
