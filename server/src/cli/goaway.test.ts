import { expect, it, vi } from 'vitest';
import { startRedis } from '../../../tests/harness/redis.ts';
import { run } from '../cli.ts';
import { startDevServer } from '../dev-server.ts';
import { connect } from '../emulator/testing/client.ts';
import { signToken } from '../token.ts';

const SECRET = 'a-secret-for-tests-of-32-bytes-or-more';

// Seen red: the keys of connections read with their prefix.
it('asks every client to move, and says of whom it could not', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local').stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const redis = await startRedis();
  const server = await startDevServer({ secret: SECRET, port: 0, redisUrl: redis.url });
  try {
    const token = await signToken({
      secret: SECRET,
      userId: 'ada',
      name: 'Ada',
      classrooms: { maths: 'teacher' },
    });
    const client = await connect(server.url, { subprotocols: ['chalkline.v1', `bearer.${token}`] });
    await run(['goaway', '--redis', redis.url, '--callback', server.gateway.callbackUrl, '--within', '60']);
    expect(JSON.parse(await client.frames.next('goaway'))).toEqual({
      v: 1,
      action: 'goaway',
      withinMs: 60_000,
    });
    expect(written).toHaveBeenCalledWith('1 told, 0 gone, 0 failed\n');
    await expect(run(['goaway', '--redis', redis.url])).rejects.toThrow(
      'goaway needs --function or --callback',
    );
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await server.close();
    await redis.stop();
  }
}, 20_000);
