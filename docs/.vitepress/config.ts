import { defineConfig, postcssIsolateStyles } from 'vitepress';
import { sidebar } from './sidebar.ts';

export default defineConfig({
  title: 'Chalkline',
  description: 'Real-time messaging for online classrooms on your own AWS account.',
  srcExclude: ['README.md'],
  cleanUrls: true,
  // Pages are read on GitHub, too, where what lies beside this folder can be followed.
  ignoreDeadLinks: [/\.\.\/(README|PROTOCOL|CONTRIBUTING|tests)/],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/getting-started' },
      { text: 'Components', link: '/components/chat-pane' },
      { text: 'SDK', link: '/api/client-sdk/' },
    ],
    sidebar,
  },
  vite: {
    // The examples are Chalkline's own looks, not those of a page of text.
    css: { postcss: { plugins: [postcssIsolateStyles({ includeFiles: [/base\.css/, /vp-doc\.css/] })] } },
  },
});
