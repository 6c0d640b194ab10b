import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Benchmark } from './benchmark.ts';
import { table } from './table.ts';

const main = 'connect+join+publish+recover';

/** What an app writes to use each entry. */
const ours: Readonly<Record<string, string>> = {
  [main]: `
    import { createClient } from '@chalkline/client-sdk';
    const classroom = createClient({ url: 'wss://example.com', token: () => 'token' }).classroom('maths');
    classroom.on('event', console.log);
    classroom.join().then(() => classroom.publish('chat.send', { text: 'Hello' }));`,
  index: `export * from '@chalkline/client-sdk';`,
  protocol: `export * from '@chalkline/client-sdk/protocol';`,
  testing: `export * from '@chalkline/client-sdk/testing';`,
  yjs: `export * from '@chalkline/client-sdk/yjs';`,
};

/** What an app has already that uses the entry, and weighs in for itself. */
const already = ['yjs', 'y-protocols'];

/** What the SDK stands on, which some apps have already. */
const foundations = ['zod', 'reconnecting-websocket'];

/** Connect, subscribe and publish, as each one's documentation shows it. */
const peers: Readonly<Record<string, string>> = {
  ably: `
    import { Realtime } from 'ably';
    const channel = new Realtime({ authUrl: '/token' }).channels.get('maths');
    channel.subscribe(console.log);
    channel.publish('chat', 'Hello');`,
  '@liveblocks/client': `
    import { createClient } from '@liveblocks/client';
    const { room } = createClient({ authEndpoint: '/token' }).enterRoom('maths');
    room.subscribe('event', console.log);
    room.broadcastEvent({ text: 'Hello' });`,
  centrifuge: `
    import { Centrifuge } from 'centrifuge';
    const client = new Centrifuge('wss://example.com', { token: 'token' });
    const subscription = client.newSubscription('maths');
    subscription.on('publication', console.log).subscribe();
    client.connect();
    subscription.publish('Hello');`,
  'pusher-js': `
    import Pusher from 'pusher-js';
    const channel = new Pusher('key', { cluster: 'eu' }).subscribe('private-maths');
    channel.bind('client-chat', console.log);
    channel.trigger('client-chat', 'Hello');`,
  '@supabase/realtime-js': `
    import { RealtimeClient } from '@supabase/realtime-js';
    const channel = new RealtimeClient('wss://example.com', { params: { apikey: 'key' } }).channel('maths');
    channel.on('broadcast', { event: 'chat' }, console.log).subscribe();
    channel.send({ type: 'broadcast', event: 'chat', payload: 'Hello' });`,
  '@microsoft/signalr': `
    import { HubConnectionBuilder } from '@microsoft/signalr';
    const connection = new HubConnectionBuilder().withUrl('/chat').withAutomaticReconnect().build();
    connection.on('chat', console.log);
    connection.start().then(() => connection.invoke('chat', 'Hello'));`,
  'socket.io-client': `
    import { io } from 'socket.io-client';
    const socket = io('wss://example.com');
    socket.on('chat', console.log);
    socket.emit('chat', 'Hello');`,
  phoenix: `
    import { Socket } from 'phoenix';
    const socket = new Socket('wss://example.com');
    socket.connect();
    const channel = socket.channel('maths');
    channel.on('chat', console.log);
    channel.join();
    channel.push('chat', 'Hello');`,
};

const leftOut = {
  pubnub: 'version 11 installs React Native with it, version 12 asks for Node 22',
  'aws-amplify': 'too heavy to install for one line',
  '@azure/web-pubsub-client': 'asks for Node 22',
};

/** Bytes that a browser loads: minified and gzipped, with everything that is imported. */
export const size: Benchmark = {
  summary: 'minified and gzipped bytes of each SDK entry, beside other SDKs',
  async run({ isQuick, progress }) {
    const measured = async (sources: Readonly<Record<string, string>>): Promise<Record<string, number>> => {
      const sizes: Record<string, number> = {};
      for (const [name, source] of Object.entries(sources)) {
        progress(`size: ${name}`);
        sizes[name] = await gzippedBytes(source);
      }
      return sizes;
    };
    const figures = {
      ours: {
        ...(await measured(ours)),
        'index, its own code alone': await gzippedBytes(ours.index ?? '', [...already, ...foundations]),
      },
      peers: await measured(isQuick ? { phoenix: peers.phoenix ?? '' } : peers),
    };
    const byBytes = Object.entries(figures.peers).sort(([, a], [, b]) => b - a);
    const text = [
      table(['bytes, minified + gzip', ''], [...Object.entries(figures.ours), ...byBytes]),
      ...Object.entries(leftOut).map(([name, reason]) => `left out: ${name}; ${reason}`),
    ].join('\n');
    return { text, figures };
  },
};

async function gzippedBytes(source: string, external = already): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external,
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    legalComments: 'none',
    logLevel: 'error',
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}
