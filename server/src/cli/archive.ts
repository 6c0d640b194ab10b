import { connectRedis } from '../adapters/redis/connect-redis.ts';
import { Archive } from '../archive/archive.ts';
import { command } from './command.ts';

const options = {
  redis: { type: 'string' },
  cluster: { type: 'boolean', default: false },
  classroom: { type: 'string' },
  user: { type: 'string' },
  yes: { type: 'boolean', default: false },
} as const;

/** The archive of the cache that the options name, for as long as the work takes. */
export async function withArchive(
  { redis: redisUrl, cluster: isCluster }: { redis?: string | undefined; cluster: boolean },
  work: (archive: Archive) => Promise<void>,
): Promise<void> {
  const url = redisUrl ?? process.env.REDIS_URL;
  if (url === undefined) throw new Error('give the cache by --redis, or by REDIS_URL');
  const redis = connectRedis(url, { isCluster });
  try {
    await work(new Archive(redis));
  } finally {
    redis.disconnect();
  }
}

export const exportData = command({
  usage: `
  export  Print all that is kept of a classroom, or all that a user published, as JSON.
            --classroom <id>  or --user <id>
            --redis <url>     also REDIS_URL; --cluster if it is one`,
  options,
  async run({ classroom, user, ...where }) {
    if ((classroom === undefined) === (user === undefined))
      throw new Error('export needs --classroom or --user');
    await withArchive(where, async (archive) => {
      const kept =
        classroom === undefined
          ? await archive.exportUser(user ?? '')
          : await archive.exportClassroom(classroom);
      if (kept === undefined)
        throw new Error(`unable to export; nothing is kept of classroom ${classroom ?? ''}`);
      process.stdout.write(`${JSON.stringify(kept, undefined, 2)}\n`);
    });
  },
});

export const erase = command({
  usage: `
  erase   Delete all that is kept of a classroom, for good.
            --classroom <id>  --yes
            --redis <url>     also REDIS_URL; --cluster if it is one`,
  options,
  async run({ classroom, yes, ...where }) {
    if (classroom === undefined) throw new Error('erase needs --classroom');
    if (!yes) throw new Error(`nothing brings classroom ${classroom} back; say --yes if that is meant`);
    await withArchive(where, async (archive) => {
      if (!(await archive.eraseClassroom(classroom)))
        throw new Error(`unable to erase; nothing is kept of classroom ${classroom}`);
      process.stdout.write(`classroom ${classroom} is gone\n`);
    });
  },
});
