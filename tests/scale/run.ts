import { parseArgs } from 'node:util';
import { simulateCrowd } from './crowd.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000000' },
    quota: { type: 'string', default: '500,2000,5000' },
    share: { type: 'string', default: '0.5' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout
    .write(`pnpm crowd [--clients 1000000] [--quota 500,2000,5000] [--share 0.5] [--seed 1] [--json]
    Simulates so many clients with the SDK's own timers: how they come, stay, and come back when a share is dropped at once.
    --quota   connections a second that the gateway admits, one run each
`);
} else {
  const clients = Number(values.clients);
  for (const quota of values.quota.split(',').map(Number)) {
    // They are all there, and stay for an hour.
    const dropAtS = Math.ceil((clients / quota) * 1.3) + 3600;
    const report = simulateCrowd({
      clients,
      connectsPerSecond: quota,
      dropAtS,
      dropShare: Number(values.share),
      durationS: dropAtS + 3600,
      seed: Number(values.seed),
    });
    const { calm, cameS, backS, peakAttempts, refused, attempts } = report;
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ clients, quota, seed: Number(values.seed), ...report })}\n`
        : `${clients.toLocaleString('en')} clients, ${quota} connections a second
  came in ${cameS ?? '–'} s; then at most ${calm.connects} connects and ${calm.pings.toLocaleString('en')} pings a second
  ${Number(values.share) * 100} % dropped at once: back in ${backS ?? 'more than 3600'} s, at most ${peakAttempts.toLocaleString('en')} tries a second, ${((refused / attempts) * 100).toFixed(0)} % of ${attempts.toLocaleString('en')} refused\n`,
    );
  }
}
