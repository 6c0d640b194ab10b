import { writeFileSync } from 'node:fs';
import { compare, passes, providers, RATIOS } from '../cost/comparison.ts';
import { costPlot } from '../cost/plot.ts';
import { readPrices } from '../cost/prices.ts';
import { readRecording, trafficOfRecording } from '../cost/recording.ts';
import { passesReport, textReport } from '../cost/report.ts';
import { times, type TrafficAt } from '../cost/traffic.ts';
import { presets, trafficOf, type Preset } from '../cost/workload.ts';
import { command, numberOf, oneOf } from './command.ts';

const presetNames = Object.keys(presets) as Preset[];

export const cost = command({
  usage: `
  cost    Price a month of classes on AWS beside what providers ask for it (docs/cost.md).
            --class-hours <n>    an hour of one class                     @default 10000
            --members <n>        of a class                               @default 4
            --preset <name>      ${presetNames.join(' | ')}      @default balanced
            --chat <n>           messages a minute and member             @default 2
            --draw <share>       of the time that somebody draws          @default 0.3
            --flushes <n>        frames a second of who draws             @default the preset's
            --cursors <n>        frames a second of a pointer             @default the preset's
            --egress <way>       ipv6 | nat | nat-per-zone                @default nat
            --cache-node <type>  --cache-nodes <n>                        @default by peak; 2
            --log-kb <n>         that a frame writes, access log included  @default 0.45
            --region-factor <n>  prices there, divided by us-east-1       @default 1
            --recording <file>   price what dev --record counted instead of a workload
            --prices <file>      other prices than the dated ones that come with it
            --json               --svg <file>                             a plot`,
  options: {
    'class-hours': { type: 'string' },
    members: { type: 'string', default: '4' },
    preset: { type: 'string', default: 'balanced' },
    chat: { type: 'string', default: '2' },
    draw: { type: 'string', default: '0.3' },
    flushes: { type: 'string' },
    cursors: { type: 'string' },
    egress: { type: 'string', default: 'nat' },
    'cache-node': { type: 'string' },
    'cache-nodes': { type: 'string', default: '2' },
    'log-kb': { type: 'string', default: '0.45' },
    'region-factor': { type: 'string', default: '1' },
    recording: { type: 'string' },
    prices: { type: 'string' },
    json: { type: 'boolean', default: false },
    svg: { type: 'string' },
  },
  run(values) {
    const prices = readPrices(values.prices);
    const { recording } = values;
    const preset = oneOf('preset', values.preset, presetNames);
    const draw = numberOf('draw', values.draw);
    if (draw > 1) throw new Error(`--draw is a share from 0 to 1; it is "${values.draw}"`);
    const usual = {
      ...presets[preset],
      members: numberOf('members', values.members, 1),
      chatPerMinute: numberOf('chat', values.chat),
      drawShare: draw,
    };
    const workload = {
      ...usual,
      flushesPerSecond:
        values.flushes === undefined ? usual.flushesPerSecond : numberOf('flushes', values.flushes),
      cursorsPerSecond:
        values.cursors === undefined ? usual.cursorsPerSecond : numberOf('cursors', values.cursors),
    };
    const { flushesPerSecond, cursorsPerSecond, isNaive } = presets.naive;
    const naive = { ...usual, flushesPerSecond, cursorsPerSecond, isNaive };
    const recorded = recording === undefined ? undefined : trafficOfRecording(readRecording(recording));
    const at: TrafficAt = recorded
      ? (classHours) => times(recorded, classHours / recorded.classHours)
      : (classHours) => trafficOf(workload, classHours, prices);
    const naiveAt: TrafficAt | undefined = recorded
      ? undefined
      : (classHours) => trafficOf(naive, classHours, prices);
    const terms = {
      prices,
      deployment: {
        egress: oneOf('egress', values.egress, ['ipv6', 'nat', 'nat-per-zone']),
        cacheNode: values['cache-node'],
        cacheNodes: numberOf('cache-nodes', values['cache-nodes'], 1),
        logKb: numberOf('log-kb', values['log-kb']),
        regionFactor: numberOf('region-factor', values['region-factor'], 0, true),
      },
    };
    const classHours = numberOf('class-hours', values['class-hours'] ?? '10000', 0, true);
    const comparison = compare(at, naiveAt, classHours, terms);
    const of = `${classHours.toLocaleString('en')} class-hours a month, classes of ${comparison.traffic.members}`;
    const title = recording === undefined ? `${of}, preset ${preset}` : `${of}, as recorded`;
    if (values.svg !== undefined) {
      writeFileSync(
        values.svg,
        costPlot(`What a class-hour costs: ${title.replace(/^.*month, /, '')}`, at, terms),
      );
    }
    process.stdout.write(
      values.json
        ? `${JSON.stringify({
            title,
            asOf: prices.asOf,
            ...comparison,
            passes: Object.fromEntries(
              providers.map((provider) => [
                provider,
                Object.fromEntries(
                  RATIOS.map((ratio) => [ratio, passes(at, naiveAt ?? at, provider, ratio, terms) ?? null]),
                ),
              ]),
            ),
          })}\n`
        : `${textReport(title, comparison, terms)}\n\n${passesReport(at, naiveAt ?? at, terms)}\n`,
    );
    return Promise.resolve();
  },
});
