import {
  allMessages,
  connectRedis,
  createApiGateway,
  createEmbeddedMeter,
  createJwtVerifier,
  createLog,
  createRedisStore,
  messageHandler,
} from '@chalkline/server';

const clock = (): number => Date.now();

/** What a Lambda function of the message route exports; nothing is connected before the first event. */
export const handler = messageHandler({
  store: createRedisStore({ redis: connectRedis('redis://127.0.0.1:6379'), clock }),
  gateway: createApiGateway({
    endpoint: 'https://example.execute-api.eu-central-1.amazonaws.com/prod',
    region: 'eu-central-1',
  }),
  verifier: createJwtVerifier({ secret: 'a secret of thirty-two bytes or more', clock }),
  clock,
  messages: allMessages(),
  state: {},
  log: createLog(),
  meter: createEmbeddedMeter(),
});
