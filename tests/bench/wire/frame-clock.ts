/** Time that stands still but for `frame`, in place of the page's own, for code that draws frame by frame. */
export interface FrameClock {
  /** The next frame of a screen of 60 Hz. */
  frame(): void;
  restore(): void;
}

/** Puts it there; `restore` brings back what was. Nothing else may run meanwhile. */
export function installFrameClock(): FrameClock {
  const page = globalThis as unknown as Record<string, unknown>;
  const { now: realNow } = Date;
  const { setInterval: realSetInterval } = globalThis;
  let now = 1_700_000_000_000;
  const frames: (() => void)[] = [];
  const intervals: { run: () => void; ms: number; nextAt: number }[] = [];
  Date.now = () => Math.round(now);
  page.requestAnimationFrame = (run: () => void) => frames.push(run);
  page.cancelAnimationFrame = () => undefined;
  page.setInterval = (run: () => void, ms: number) => intervals.push({ run, ms, nextAt: now + ms });
  return {
    frame() {
      now += 1000 / 60;
      for (const run of frames.splice(0)) run();
      for (const interval of intervals) {
        if (now < interval.nextAt) continue;
        interval.nextAt += interval.ms;
        interval.run();
      }
    },
    restore() {
      Date.now = realNow;
      page.setInterval = realSetInterval;
      delete page.requestAnimationFrame;
      delete page.cancelAnimationFrame;
    },
  };
}
