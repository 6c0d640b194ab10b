import { readdir, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { signToken } from '@chalkline/server';
import type { Page } from 'playwright-core';
import { createServer, preview, type Plugin } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allSamples } from '../docs/samples.ts';
import { startBackendProcess, type BackendProcess } from '../harness/backend-process.ts';
import { ClassroomPages, say } from '../harness/classroom-pages.ts';
import { SECRET } from '../harness/sdk-client.ts';
import { bundledSize } from './bundled-size.ts';
import { FreshApp, packages, writeFiles } from './fresh-app.ts';

const root = join(import.meta.dirname, '../..');
/** The compiler that takes a tenth of the time of Vue's, and cannot read components. */
const nativeTsc = join(root, 'server/node_modules/typescript/bin/tsc');

let app: FreshApp;
let backend: BackendProcess;
let pages: ClassroomPages;

beforeAll(async () => {
  app = await FreshApp.create();
  backend = await startBackendProcess({ secret: SECRET, bin: app.bin('@chalkline/server', 'dist/bin.js') });
  pages = await ClassroomPages.start();
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const sample = (language: string) =>
    new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readme)?.[1] ?? '';
  await app.write({
    'src/main.ts': sample('ts').replace(/wss:\/\/[^']+/, backend.url),
    'src/App.vue': sample('vue'),
    'index.html': '<div id="app"></div><script type="module" src="/src/main.ts"></script>',
    'vite.config.js': `import vue from '@vitejs/plugin-vue';\nexport default { plugins: [vue()] };\n`,
  });
}, 480_000);
afterAll(async () => {
  await pages.stop();
  await backend.kill();
  await app.remove();
});

/** What the platform's own backend does; who is asked for stands in the page's address. */
const tokenEndpoint: Plugin = {
  name: 'classroom-token',
  configurePreviewServer: ({ middlewares }) => void middlewares.use('/classroom-token', answer),
  configureServer: ({ middlewares }) => void middlewares.use('/classroom-token', answer),
};

function answer({ headers }: IncomingMessage, response: ServerResponse): void {
  const name = new URL(headers.referer ?? '').searchParams.get('name') ?? '';
  void signToken({
    secret: SECRET,
    userId: name,
    name,
    classrooms: { 'math-101': 'teacher', 'math-102': 'teacher' },
  }).then((token) => response.end(token));
}

const enter = async (url: string, name: string): Promise<Page> => {
  const page = await pages.open();
  await page.goto(`${url}?name=${name}`);
  await page.getByRole('log').first().waitFor();
  return page;
};

describe('the packed packages in a fresh Vite and Vue app', () => {
  it("show a working classroom with the README's code, which has fewer than 30 lines", async () => {
    const code = (await app.read('src/main.ts')) + (await app.read('src/App.vue'));
    expect(code.split('\n').filter((line) => line !== '').length).toBeLessThan(30);

    await app.node(app.bin('vite', 'bin/vite.js'), 'build');
    const built = await preview({
      root: app.folder,
      configFile: false,
      logLevel: 'error',
      plugins: [tokenEndpoint],
      preview: { port: 0, host: '127.0.0.1' },
    });
    const url = built.resolvedUrls?.local[0] ?? '';
    const [ada, ben] = [await enter(url, 'Ada'), await enter(url, 'Ben')];
    await say(ada, 'Good morning');
    await ben.getByRole('log').getByText('Good morning').waitFor();
    await ben
      .getByRole('list', { name: /members/i })
      .getByText('Ada')
      .waitFor();

    // Seen red: a rule for every `p` in ChatPane.vue.
    expect(await leakedStyles(ada)).toEqual([]);
    expect(await pages.closeAll()).toEqual([]);
    await built.close();
  }, 120_000);

  it('keep two classrooms of one page apart, on the Pinia of the app, and stay in them when the page is edited', async () => {
    const twoRooms = (await app.read('src/App.vue')).replace(
      /<template>.*<\/template>/s,
      `<template>
        <h1>Before</h1>
        <ClassroomRoot v-for="id in ['math-101', 'math-102']" :id="id" :key="id" :classroom-id="id" theme="dark"
          ><MemberList /><ChatPane
        /></ClassroomRoot>
      </template>`,
    );
    await app.write({ 'src/App.vue': twoRooms });
    const server = await createServer({
      root: app.folder,
      configFile: join(app.folder, 'vite.config.js'),
      logLevel: 'error',
      plugins: [tokenEndpoint],
      server: { port: 0, host: '127.0.0.1' },
    });
    await server.listen();
    const url = server.resolvedUrls?.local[0] ?? '';
    const ada = await enter(url, 'Ada');
    const room = (id: string) => ada.locator(`#${id}`);
    const write = async (id: string, text: string): Promise<void> => {
      const composer = room(id).getByRole('textbox');
      await composer.fill(text);
      await composer.press('Enter');
      await room(id).getByRole('log').getByText(text).waitFor();
    };
    await write('math-101', 'One half');
    await write('math-102', 'Two thirds');
    await ada.evaluate(() => Object.assign(globalThis, { isSamePage: true }));

    await app.write({ 'src/App.vue': twoRooms.replace('Before', 'After') });
    await ada.getByRole('heading', { name: 'After' }).waitFor();
    await write('math-102', 'Three quarters');

    expect(await ada.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
    const texts = (id: string) => room(id).locator('[data-message-id] .bubble').allInnerTexts();
    expect([(await texts('math-101')).slice(-1), await texts('math-102')]).toEqual([
      ['One half'],
      ['Two thirds', 'Three quarters'],
    ]);
    expect(
      await room('math-102')
        .getByRole('list', { name: /members/i })
        .getByText('Ada')
        .count(),
    ).toBe(1);
    expect(await pages.closeAll()).toEqual([]);
    await server.close();
  }, 120_000);

  it('have types that need nothing of the app, with the declarations checked too', async () => {
    const imports = await Promise.all(packages.map(async (name) => entries(await manifest(name))));
    await app.write({
      'entries/imports.ts': imports
        .flat()
        .map((entry) => `import '${entry}';\n`)
        .join(''),
      'entries/tsconfig.json': tsconfig({ skipLibCheck: false }),
    });
    // Seen red: a type of fast-check in a declaration of the server.
    await app.node(nativeTsc, '-p', 'entries');
  }, 180_000);

  it('compile every sample of the READMEs and the docs', async () => {
    const all = await allSamples();
    expect(all.length).toBeGreaterThan(20);
    const needsCdk = ([, code]: [string, string]) => code.includes("from 'aws-cdk-lib'");
    await app.write({
      ...Object.fromEntries(
        all.filter((one) => !needsCdk(one)).map(([path, code]) => [join('samples', path), code]),
      ),
      'samples/nuxt-app.d.ts': await readFile(join(root, 'docs/nuxt-app.d.ts'), 'utf8'),
      'samples/tsconfig.json': tsconfig({ noUnusedLocals: false }),
    });
    // The CDK is ten times as large as the rest of the app together: the docs have it already.
    const cdkSamples = join(root, 'docs/.cache/cdk');
    await rm(cdkSamples, { recursive: true, force: true });
    await writeFiles(cdkSamples, {
      ...Object.fromEntries(all.filter(needsCdk)),
      'tsconfig.json': JSON.stringify({ extends: '../../tsconfig.json', include: ['**/*.ts'] }),
    });
    // Seen red: `from` written as `sender` in the README; an egress `ipv5` in deploying.md.
    await app.node(nativeTsc, '-p', cdkSamples);
    await app.node(join(root, 'node_modules/vue-tsc/bin/vue-tsc.js'), '-p', 'samples');
  }, 180_000);

  it('are rendered by a server, where there is no window', async () => {
    await app.write({
      'render.js': `
        import { createClient } from '@chalkline/client-sdk';
        import { ChatPane, ClassroomRoot, createChalkline } from '@chalkline/vue-components';
        import { createPinia } from 'pinia';
        import { createSSRApp, h } from 'vue';
        import { renderToString } from 'vue/server-renderer';
        const client = createClient({ url: 'wss://example.com', token: () => 'none' });
        const app = createSSRApp({ render: () => h(ClassroomRoot, { classroomId: 'math-101' }, () => h(ChatPane)) });
        console.log(await renderToString(app.use(createPinia()).use(createChalkline({ client }))));`,
    });
    expect(await app.node('render.js')).toContain('Opening the classroom');
  });

  it('name the same entries packed and in the workspace, and leave no file behind', async () => {
    for (const name of packages) {
      const source = await manifest(name);
      const packed = JSON.parse(await app.read(`node_modules/@chalkline/${name}/package.json`)) as Manifest;
      // Seen red: an entry that only one of the two names, and lambda-process.mjs not copied.
      expect(Object.keys(packed.exports), `publishConfig.exports of ${name}`).toEqual(
        Object.keys(source.exports),
      );
      expect(JSON.stringify(packed)).not.toMatch(/workspace:|catalog:|\.\/src\//);
      const assets = (await readdir(join(root, name, 'src'), { recursive: true })).filter((path) =>
        /\.(?!ts$|vue$|css$)\w+$/.test(path),
      );
      const dist = await readdir(join(app.folder, 'node_modules/@chalkline', name, 'dist'), {
        recursive: true,
      });
      expect(dist, `what ${name} reads at run time`).toEqual(expect.arrayContaining(assets));
    }
  });
});

describe('docs/sizes.md', () => {
  it('says of each import what it weighs, and chat alone pulls neither Yjs nor the board', async () => {
    const page = await readFile(join(root, 'docs/sizes.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(import .*)` +\| +(\d+) kB \| +(?:(\d+) kB)? *\|$/gm)];
    expect(rows.length).toBeGreaterThan(3);
    const said: string[] = [];
    const measured: string[] = [];
    // A figure is the most that it may be, and true as long as no more than a tenth of it is left.
    const isTrue = (bytes: number, kilobytes: number) =>
      bytes <= kilobytes * 1000 && bytes > kilobytes * 900 - 500;
    for (const [, statement = '', ...figures] of rows) {
      const [now = 0, later = 0] = figures.map((figure) => Number(figure) || 0);
      const { bytes, laterBytes, inputs } = await bundledSize(app.folder, statement);
      said.push(`${now} kB, ${later} kB later: ${statement}`);
      const actual = (measuredBytes: number, figure: number) =>
        isTrue(measuredBytes, figure) ? figure : Math.ceil(measuredBytes / 1000);
      measured.push(`${actual(bytes, now)} kB, ${actual(laterBytes, later)} kB later: ${statement}`);
      // Seen red: ChatPane.vue imports Yjs.
      if (statement.includes('ChatPane')) {
        expect(
          inputs.filter((path) => /node_modules\/(yjs|lib0|@vue\/devtools-\w+)\/|Whiteboard\//.test(path)),
        ).toEqual([]);
      }
    }
    expect(measured).toEqual(said);
  }, 180_000);
});

interface Manifest {
  name: string;
  exports: Record<string, unknown>;
}

async function manifest(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, name, 'package.json'), 'utf8')) as Manifest;
}

/** Compiles everything beside it as strictly as the workspace, but for `options`. */
function tsconfig(options: object): string {
  const compilerOptions = {
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    types: ['node', 'vite/client'],
    ...options,
  };
  return JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['**/*'] });
}

/** What an app may import from a package; `infra` is for a deployment, which has the CDK. */
function entries({ name, exports }: Manifest): string[] {
  return Object.keys(exports)
    .filter((path) => path !== './infra')
    .map((path) => join(name, path));
}

/** Rules of the page that reach what is not Chalkline's: the browser itself reads the style sheets. */
function leakedStyles(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const rules = (list: CSSRuleList): CSSStyleRule[] =>
      [...list].flatMap((rule) => {
        if (rule instanceof CSSStyleRule) return [rule];
        return rule instanceof CSSGroupingRule ? rules(rule.cssRules) : [];
      });
    const isTokens = (rule: CSSStyleRule) => [...rule.style].every((name) => name.startsWith('--chalkline-'));
    const isOwn = (selector: string) => /\.chalkline\b|\[data-v-/.test(selector);
    return [...document.styleSheets]
      .flatMap((sheet) => rules(sheet.cssRules))
      .filter((rule) => !isTokens(rule) && !rule.selectorText.split(/,(?![^(]*\))/).every(isOwn))
      .map((rule) => rule.cssText);
  });
}
