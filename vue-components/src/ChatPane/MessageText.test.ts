import { mount } from '@vue/test-utils';
import { expect, it, vi } from 'vitest';
import { CHAT_TEXT_LENGTH } from '@chalkline/client-sdk/protocol';
import MessageText from './MessageText.vue';

async function shown(text: string, props: Partial<InstanceType<typeof MessageText>['$props']> = {}) {
  const wrapper = mount(MessageText, { props: { text, ...props } });
  await vi.dynamicImportSettled();
  return wrapper;
}
const html = async (text: string) =>
  (await shown(text)).html({ raw: true }).replace(/ data-v-\w+=""|<!--.*?-->/g, '');
const inside = async (text: string) => (await html(text)).replace(/^<div[^>]*>|<\/div>$/g, '');

it('shows plain Markdown', async () => {
  expect(await inside('**bold** and _slanted_, ~~gone~~, `3 < 4`')).toBe(
    '<p><strong>bold</strong> and <em>slanted</em>, <del>gone</del>, <code dir="ltr">3 &lt; 4</code></p>',
  );
  expect(await inside('- one\n- two\n\n3. three')).toBe(
    '<ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li></ol>',
  );
  expect(await inside('> said\n\n```js\nlet a = "<b>";\n```')).toBe(
    '<blockquote><p>said</p></blockquote><pre dir="ltr"><code>let a = "&lt;b&gt;";</code></pre>',
  );
});

// Seen red without `emStrong`: 2*3*4 lost its stars.
it.each([
  '2*3*4 = 24',
  '(2*a)*(3*b)',
  'x_1 + x_2',
  '+ 3 = 7',
  '~5 to ~7',
  '# 5',
  'a\n---',
  '| a | b |\n| - | - |',
  '&lt;',
  'C:\\*',
])('leaves what is not meant as Markdown as it is: %j', async (text) => {
  const wrapper = await shown(text);
  expect(wrapper.text()).toBe(text);
  expect(wrapper.findAll('em, strong, del, li, h1, hr, table')).toEqual([]);
});

// Seen red with every address let through by `safeLink`.
it.each([
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script> *a*',
  '![x](https://example.com/x.png)',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](vbscript:x) [y](file:///etc/passwd) [z](//example.com) [w](/relative)',
  '<https://example.com/" onmouseover="alert(1)>',
  '[a](https://example.com "\\" onclick=alert(1)")',
  '`<b>`<iframe src=https://example.com>',
])('makes nothing of %j that could act', async (text) => {
  const wrapper = await shown(text);
  const elements = wrapper.findAll('.text *').map(({ element }) => element);
  for (const element of elements) {
    expect(['P', 'A', 'EM', 'CODE', 'BDI']).toContain(element.tagName);
    const names = element.getAttributeNames().filter((name) => !name.startsWith('data-v-'));
    expect(['href', 'target', 'rel', 'dir', 'class']).toEqual(expect.arrayContaining(names));
    expect(element.getAttribute('href') ?? 'https:').toMatch(/^https:/);
  }
});

it('makes links that can be followed safely, and says where they lead when the words do not', async () => {
  const links = async (text: string) => {
    const wrapper = await shown(text);
    return wrapper
      .findAll('a')
      .map((link) => [
        link.attributes('href'),
        wrapper.find('.target').exists() ? wrapper.get('.target').text() : '',
      ]);
  };
  expect(await links('see https://example.com/a?b=1.')).toEqual([['https://example.com/a?b=1', '']]);
  expect(await links('www.example.com')).toEqual([['http://www.example.com/', '']]);
  expect(await links('ask ada@example.com')).toEqual([['mailto:ada@example.com', '']]);
  expect(await links('[the book](https://example.com/p/12)')).toEqual([
    ['https://example.com/p/12', '(example.com)'],
  ]);
  expect(await links('[example.com](https://evil.example)')).toEqual([
    ['https://evil.example/', '(evil.example)'],
  ]);
  expect(await links('[example.com](https://example.com.evil.example)')).toEqual([
    ['https://example.com.evil.example/', '(example.com.evil.example)'],
  ]);
  // A Cyrillic letter in it.
  expect(await links('https://ex\u0430mple.com')).toEqual([
    ['https://xn--exmple-4nf.com/', '(xn--exmple-4nf.com)'],
  ]);
  expect(await links('https://example.com@evil.example')).toEqual([]);
  const link = (await shown('https://example.com')).get('a');
  expect([link.attributes('rel'), link.attributes('target')]).toEqual([
    'noopener noreferrer nofollow',
    '_blank',
  ]);
});

it('tells mentions apart, ours most of all, and no more than the names that were meant', async () => {
  const mentions = [
    { userId: 'ben', name: 'Ben' },
    { userId: 'ng', name: 'Ben Ng' },
  ];
  const wrapper = await shown('**@Ben** and @Ben Ng, not @Benny nor me@Ben', { mentions, selfId: 'ng' });
  expect(wrapper.findAll('.mention').map((each) => [each.text(), each.attributes('data-own')])).toEqual([
    ['@Ben', undefined],
    ['@Ben Ng', 'true'],
  ]);
});

it('shows a handful of emoji big, and a name of letters not', async () => {
  const isBig = async (text: string) => (await shown(text)).attributes('data-big') !== undefined;
  expect(await Promise.all(['👍', '👩‍👩‍👧 🇺🇦 👋🏽', '👍 ok', '42', '🍕'.repeat(7)].map(isBig))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('takes out what would turn the line around or climb out of it', async () => {
  expect((await shown('pay \u202Ecod.exe')).text()).toBe('pay cod.exe');
  expect((await shown(`Z${'\u0301'.repeat(50)}`)).text()).toBe(`Z${'\u0301'.repeat(4)}`);
});

it.each(['*', '[', '[a](', '> ', '- a\n  ', '`a``', '_a', '*_`[', '👍', 'a@a.', '~~a '])(
  'is not stopped by four thousand characters of %j',
  async (piece) => {
    const text = piece.repeat(CHAT_TEXT_LENGTH).slice(0, CHAT_TEXT_LENGTH);
    const deepest = Array.from({ length: 7 }, () => 'blockquote').join(' ');
    expect((await shown(text)).findAll(deepest)).toEqual([]);
  },
);
