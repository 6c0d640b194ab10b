import { startDevServer } from '@chalkline/server';
import { answerQuestions } from '../worker.ts';
import { SECRET } from './secret.ts';

answerQuestions(async ({ redisUrl }: { redisUrl: string }) => {
  // One member sends faster than people are allowed to.
  const server = await startDevServer({
    secret: SECRET,
    redisUrl,
    port: 0,
    storeLimits: { rateBurst: Infinity },
  });
  return server.url;
});
