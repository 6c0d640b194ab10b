import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { createServer } from 'vite';
import type { Benchmark } from './benchmark.ts';
import { table } from './table.ts';
import { excalidrawMessages } from './wire/excalidraw.ts';
import { fetchPeers } from './wire/peer-packages.ts';
import { minute, SAMPLE_MS, stroke, type Sample } from './wire/pointer.ts';
import { tldrawMessages } from './wire/tldraw.ts';

const SEED = 1;
/** API Gateway bills a message for each so many bytes that were begun. */
const BILLED_BYTES = 32 * 1024;

type Sent = readonly { byteLength: number }[];
type Contender = (samples: readonly Sample[]) => Sent | Promise<Sent>;

/** What whoever draws sends to the server. What the others are sent is the same, once for each of them. */
export const wire: Benchmark = {
  summary:
    'billed messages and bytes of a stroke and of a minute of handwriting, beside tldraw and Excalidraw',
  async run({ isQuick, progress }) {
    progress('wire: fetching the packages of the peers');
    const peers = isQuick ? undefined : await fetchPeers();
    const modules = await createServer({
      configFile: false,
      plugins: [vue()],
      root: fileURLToPath(new URL('../../vue-components', import.meta.url)),
      appType: 'custom',
      server: { middlewareMode: true, ws: false },
      optimizeDeps: { noDiscovery: true },
      logLevel: 'error',
    });
    try {
      // The whiteboard has components in it, which Node cannot read by itself.
      const { ourMessages } = (await modules.ssrLoadModule(
        fileURLToPath(new URL('./wire/ours.ts', import.meta.url)),
      )) as { ourMessages: Contender };
      const contenders: Record<string, Contender> = {
        ours: ourMessages,
        ...(peers && {
          tldraw: await tldrawMessages(peers),
          excalidraw: await excalidrawMessages(peers),
        }),
      };
      const played = {
        stroke: stroke(SEED),
        minute: isQuick ? minute(SEED).slice(0, 3_000 / SAMPLE_MS) : minute(SEED),
      };
      const measured = async (samples: readonly Sample[]) => {
        const figures = { messages: {} as Record<string, number>, bytes: {} as Record<string, number> };
        for (const [name, send] of Object.entries(contenders)) {
          progress(`wire: ${name}`);
          const sent = await send(samples);
          figures.messages[name] = sent.reduce(
            (sum, { byteLength }) => sum + Math.ceil(byteLength / BILLED_BYTES),
            0,
          );
          figures.bytes[name] = sent.reduce((sum, { byteLength }) => sum + byteLength, 0);
        }
        return figures;
      };
      const figures = { stroke: await measured(played.stroke), minute: await measured(played.minute) };
      const cells = (row: Record<string, number>) => Object.keys(contenders).map((name) => row[name] ?? 0);
      const text = table(
        ['sent by whoever draws', ...Object.keys(contenders)],
        [
          ['a stroke of 2 s: billed messages', ...cells(figures.stroke.messages)],
          ['a stroke of 2 s: bytes', ...cells(figures.stroke.bytes)],
          ['a minute of handwriting: billed messages', ...cells(figures.minute.messages)],
          ['a minute of handwriting: bytes', ...cells(figures.minute.bytes)],
        ],
      );
      return { text, figures };
    } finally {
      await modules.close();
      await peers?.remove();
    }
  },
};
