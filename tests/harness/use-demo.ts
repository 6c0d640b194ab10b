import { startDemo, type DemoServer } from './demo.ts';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { ClassroomPages, type Look } from './classroom-pages.ts';

export interface Demo<B> {
  /** There from the first test on. */
  readonly backend: B;
  readonly url: string;
  /** A window of its own, not at the demo yet. */
  open(look?: Look): Promise<Page>;
  /** Enters the classroom as `user`, and resolves once in it. */
  enter(user: string, look?: Look): Promise<Page>;
}

/** For all tests of a file: a backend, the demo on it and a real browser, in which no test leaves an error uncaught. */
export function useDemo<B extends { url: string; close(): Promise<void> }>(start: () => Promise<B>): Demo<B> {
  let backend: B;
  let demo: DemoServer;
  let pages: ClassroomPages;
  beforeAll(async () => {
    backend = await start();
    demo = await startDemo(backend.url);
    pages = await ClassroomPages.start();
  });
  afterEach(async () => {
    expect(await pages.closeAll()).toEqual([]);
  });
  afterAll(async () => {
    await pages.stop();
    await demo.close();
    await backend.close();
  });
  return {
    get backend() {
      return backend;
    },
    get url() {
      return demo.url;
    },
    open: (look) => pages.open(look),
    enter: (user, look) => pages.enter(demo.url, user, look),
  };
}
