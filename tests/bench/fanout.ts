import type { Benchmark } from './benchmark.ts';
import type { PosterQuestion } from './fanout/poster.ts';
import { byName, median, round } from './statistics.ts';
import { table } from './table.ts';
import { startWorker, type Worker } from './worker.ts';

const ways = ['bare', 'ours', 'sdk', 'aws4'] as const;
export type Way = (typeof ways)[number];

const titles: Record<Way, string> = {
  bare: 'node:http, not signed (the limit)',
  ours: 'ours: createApiGateway',
  sdk: 'SDK: client.send(new PostToConnectionCommand())',
  aws4: 'node:http, signed by aws4',
};

/**
 * CPU time of one PostToConnection. Each way has a process of its own, so that none pays for another's garbage; they
 * take turns in short rounds, and post to a bare HTTP server in a process of its own, whose time does not count.
 */
export const fanout: Benchmark = {
  summary: 'µs of CPU for one PostToConnection, beside the SDK and bare HTTP',
  async run({ isQuick, profileFolder, progress }) {
    const rounds = isQuick ? 1 : 60;
    const batches = isQuick ? 2 : 20;
    const warmUp = isQuick ? 1 : 300;
    const server = startWorker<null, string>(new URL('./fanout/bare-server.ts', import.meta.url));
    const posters = byName(ways, (way): Worker<PosterQuestion, number> =>
      startWorker(new URL('./fanout/poster.ts', import.meta.url), { args: [way], profileFolder }),
    );
    try {
      const endpoint = await server.ask(null);
      progress('fanout: warming up');
      await Promise.all(ways.map((way) => posters[way].ask({ endpoint, batches: warmUp })));
      const samples = byName(ways, () => [] as number[]);
      for (let turn = 1; turn <= rounds; turn++) {
        if (turn % 10 === 1) progress(`fanout: round ${turn} of ${rounds}`);
        // Each begins as often as any other.
        const first = turn % ways.length;
        for (const way of [...ways.slice(first), ...ways.slice(0, first)]) {
          samples[way].push(await posters[way].ask({ endpoint, batches }));
        }
      }
      const us = byName(ways, (way) => round(median(samples[way]), 1));
      // Round by round: what slows down a round slows down all in it.
      const ratio = byName(ways, (way) =>
        round(median(samples[way].map((sample, turn) => sample / (samples.bare[turn] ?? NaN))), 2),
      );
      const text = table(
        ['30 posts at a time, kept-alive sockets', 'µs CPU', '÷ bare'],
        ways.map((way) => [titles[way], us[way].toFixed(1), ratio[way].toFixed(2)]),
      );
      return { text, figures: { us, ratio } };
    } finally {
      await Promise.all([...Object.values(posters), server].map((worker) => worker.stop()));
    }
  },
};
