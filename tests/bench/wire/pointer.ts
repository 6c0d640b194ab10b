import { createRandom } from '@chalkline/client-sdk/testing';

/** Where a pen was at one moment, in ms since the beginning, and whether it drew. */
export interface Sample {
  timeMs: number;
  x: number;
  y: number;
  isDown: boolean;
}

/** A peer's way to tell of a recording: each message that one client sends to the server, as it goes over the wire. */
export type Messages = (samples: readonly Sample[]) => readonly { byteLength: number }[];

/** A pen tells where it is this often. */
export const SAMPLE_MS = 1000 / 60;

/** One stroke of two seconds: 120 samples of a curve with a hand's tremor. */
export function stroke(seed: number): Sample[] {
  const pen = penOf(createRandom(seed));
  return Array.from({ length: 121 }, (_, index) => pen(index * SAMPLE_MS, index < 120));
}

/** A minute of handwriting: 79 strokes, the pen is down for 35 s of it and moves on in between. */
export function minute(seed: number): Sample[] {
  const random = createRandom(seed);
  const pen = penOf(random);
  const lengths = Array.from({ length: 79 }, () => 0.4 + 1.2 * random());
  const scale = 35_000 / lengths.reduce((sum, length) => sum + length, 0);
  const gapMs = 25_000 / lengths.length;
  const samples: Sample[] = [];
  let endMs = 0;
  for (const length of lengths) {
    const downMs = length * scale;
    const isOver = (): boolean => samples.length * SAMPLE_MS >= endMs;
    for (endMs += downMs; !isOver();) samples.push(pen(samples.length * SAMPLE_MS, true));
    for (endMs += gapMs; !isOver();) samples.push(pen(samples.length * SAMPLE_MS, false));
  }
  return samples;
}

/** Writes loops along a line, as a hand does. */
function penOf(random: () => number): (timeMs: number, isDown: boolean) => Sample {
  let phase = 0;
  let [left, top] = [80, 120];
  return (timeMs, isDown) => {
    phase += 0.12 + 0.1 * random();
    left += isDown ? 1.2 : 2;
    if (left > 1500) [left, top] = [80, top + 60];
    const tremor = (): number => (random() - 0.5) * 0.8;
    return {
      timeMs,
      x: left + 14 * Math.cos(phase) + tremor(),
      y: top + 18 * Math.sin(phase * 1.3) + tremor(),
      isDown,
    };
  };
}
