import { Agent, request, type RequestOptions } from 'node:http';
import type { Way } from '../fanout.ts';
import { answerQuestions } from '../worker.ts';

export interface PosterQuestion {
  endpoint: string;
  /** How many fan-outs to 30 connections. */
  batches: number;
}

type Post = (connectionId: string, frame: string) => Promise<unknown>;

const region = 'us-east-1';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret-of-anyone' };
const connectionIds = Array.from(
  { length: 30 },
  (_, index) => `RYGzEcSNv${String(index).padStart(2, '0')}H8A=`,
);
const frame = JSON.stringify({
  v: 1,
  action: 'events',
  classroomId: 'maths-7b',
  epoch: '0b8c5a52-5c7e-4be5-9d31-1f4b6a3b0d6e',
  events: [
    {
      seq: 1234,
      id: 'Zr3xk9Qm2LwV7bT1sYpN8hCd',
      type: 'chat.send',
      at: 1_790_000_000_000,
      from: { userId: 'ada', name: 'Ada Lovelace', role: 'student' },
      data: { text: 'Who can tell me why the sum of the angles of a triangle is always the same?' },
    },
  ],
});

/** Each loads what it needs and no more: the garbage collector goes through all that is loaded. */
const makers: Record<Way, (endpoint: string) => Post | Promise<Post>> = {
  async ours(endpoint) {
    const { createApiGateway } = await import('@chalkline/server');
    const gateway = createApiGateway({ endpoint, region, credentials });
    return async (connectionId, data) => {
      const delivery = await gateway.post(connectionId, data);
      if (delivery !== 'delivered') throw new Error(`a post ${delivery}`);
    };
  },
  async sdk(endpoint) {
    const { ApiGatewayManagementApiClient, PostToConnectionCommand } =
      await import('@aws-sdk/client-apigatewaymanagementapi');
    const client = new ApiGatewayManagementApiClient({ endpoint, region, credentials });
    return (ConnectionId, Data) => client.send(new PostToConnectionCommand({ ConnectionId, Data }));
  },
  async aws4(endpoint) {
    const { default: aws4 } = await import('aws4');
    const send = bareSender(endpoint);
    return (connectionId, body) => {
      const options = { ...send.options(connectionId, body), body, service: 'execute-api', region };
      return send.post(aws4.sign(options, credentials), body);
    };
  },
  bare(endpoint) {
    const send = bareSender(endpoint);
    return (connectionId, body) => send.post(send.options(connectionId, body), body);
  },
};

function bareSender(endpoint: string) {
  const { host, hostname, port, pathname } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  return {
    options: (connectionId: string, body: string) => ({
      agent,
      hostname,
      port,
      method: 'POST',
      path: `${pathname}/@connections/${encodeURIComponent(connectionId)}`,
      headers: {
        Host: host,
        'Content-Type': 'application/octet-stream',
        'Content-Length': Buffer.byteLength(body),
      },
    }),
    post: (options: RequestOptions, body: string) =>
      new Promise<void>((resolve, reject) => {
        request(options, (response) => response.on('end', resolve).resume())
          .on('error', reject)
          .end(body);
      }),
  };
}

const make = makers[process.argv[2] as Way];
let post: Post | undefined;

answerQuestions(async ({ endpoint, batches }: PosterQuestion) => {
  const send = (post ??= await make(endpoint));
  const before = process.cpuUsage();
  for (let batch = 0; batch < batches; batch++) {
    await Promise.all(connectionIds.map((connectionId) => send(connectionId, frame)));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (batches * connectionIds.length);
});
