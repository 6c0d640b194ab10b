import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser } from './browser.ts';

export interface Look {
  /** @default 1280 */
  width?: number;
  /** @default 'light' */
  colorScheme?: 'light' | 'dark';
}

/** Windows of a real browser, each in the demo's classroom. */
export class ClassroomPages {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  readonly #errors: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<ClassroomPages> {
    return new ClassroomPages(await startBrowser());
  }

  /** A window of its own, not at the demo yet. */
  async open({ width = 1280, colorScheme = 'light' }: Look = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width, height: 780 }, colorScheme });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.#errors.push(error.message));
    return page;
  }

  /** Enters the classroom as `user`, and resolves once in it. */
  async enter(demoUrl: string, user: string, look?: Look): Promise<Page> {
    const page = await this.open(look);
    await page.goto(`${demoUrl}/?user=${user}`);
    // On a phone the chat has a tab of its own.
    const chatTab = page.getByRole('button', { name: 'Chat', exact: true });
    await page.getByRole('log').or(chatTab).first().waitFor();
    if (await chatTab.isVisible()) await chatTab.click();
    return page;
  }

  /** Closes every window; resolves with the errors that no page caught. */
  async closeAll(): Promise<string[]> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
    return this.#errors.splice(0);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}

/** Writes a message as a person does. */
export async function say(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox');
  await composer.fill(text);
  await composer.press('Enter');
}

/** The texts of the chat as they stand on the page, the last `count` of them. */
export async function shownTexts(page: Page, count: number): Promise<string[]> {
  const texts = await page.getByRole('log').locator('[data-message-id] .bubble').allInnerTexts();
  return texts.slice(-count);
}

/** Two people come, see each other type, chat, and one leaves: on any backend. */
export async function chatAndLeave(
  enter: (user: string) => Promise<Page>,
  { goneWithinMs = 3_000 }: { goneWithinMs?: number } = {},
): Promise<void> {
  const ada = await enter('ada');
  const ben = await enter('ben');
  const members = ada.getByRole('list', { name: /members/i });
  await members.getByText('Ben').waitFor();

  await say(ada, 'Good morning');
  await ben.getByRole('log').getByText('Good morning').waitFor();
  await ben.getByRole('textbox').pressSequentially('Good');
  await ada.getByText('Ben is typing').waitFor();
  await say(ben, 'Good morning, Ada');
  await ada.getByRole('log').getByText('Good morning, Ada').waitFor();

  await ben.close({ runBeforeUnload: false });
  await members.getByText('Ben').waitFor({ state: 'detached', timeout: goneWithinMs });
}
