import type { Benchmark } from './benchmark.ts';
import { board } from './board.ts';
import { coldstart } from './coldstart.ts';
import { fanout } from './fanout.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import { size } from './size.ts';
import { wire } from './wire.ts';

export const benchmarks = {
  latency,
  fanout,
  size,
  coldstart,
  growth,
  board,
  wire,
} as const satisfies Readonly<Record<string, Benchmark>>;
