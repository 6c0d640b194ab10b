import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import * as parser from './eslint.parser.js';

const tests = ['**/*.test.ts', '**/*.spec.ts', '**/contract.ts'];

/** One import arrow: files may not import what `regex` matches; the message says where it belongs instead. */
const arrow = (files, ...patterns) => ({
  files,
  ignores: tests,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...patterns,
          {
            regex:
              '^@chalkline/[^/]+/(src|dist)(/|$)|^(\\.\\./)+(client-sdk|vue-components|server|demo|tests)/',
            message: 'No deep imports: use the package name and one of its `exports`.',
          },
          {
            regex: '^@chalkline/(demo|tests)(/|$)',
            message: 'Nothing imports the demo or the tests.',
          },
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/cdk.out/', '**/.cache/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    // Where Vue is used: its rules cost time on each file.
    files: ['**/*.vue', '{vue-components,demo,docs}/**/*.ts'],
    extends: [vue.configs['flat/recommended']],
  },
  prettier,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  { files: ['**/*.ts'], languageOptions: { parser } },
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser } } },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['**/*.ts', '**/*.vue'],
    rules: {
      // tsc already finds undefined names, and as the packages are packed it knows the DOM and Node apart.
      'no-undef': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'no-empty': ['error', { allowEmptyCatch: false }],
    },
  },
  {
    // What their tools ask for by the default export.
    files: ['**/*.config.ts', '**/*.config.js', '**/*.vue', 'docs/.vitepress/**/*.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: [...tests, 'tests/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  arrow(
    ['client-sdk/src/**/*.ts'],
    {
      regex: '^(vue|pinia|node:.*|@chalkline/.*|@aws-sdk/.*|ioredis)$',
      message:
        'The SDK knows neither Vue nor Node nor the server: only the protocol, zod/mini and its socket.',
    },
    {
      regex: '^reconnecting-websocket$',
      message: 'Only connection/socket.ts knows reconnecting-websocket, so that it can be swapped.',
    },
    { regex: '^zod$', message: "Use 'zod/mini': zod's classic build is five times as large." },
    {
      regex: '^(yjs|y-protocols(/.*)?|lib0(/.*)?)$|/yjs/',
      message: 'Only yjs/ knows Yjs, and nothing else knows yjs/: a chat alone pulls neither.',
    },
  ),
  arrow(['client-sdk/src/yjs/**/*.ts'], {
    regex: '^(vue|pinia|node:.*|@chalkline/.*|reconnecting-websocket|zod|lib0(/.*)?)$',
    message: 'The provider knows Yjs, y-protocols and the SDK.',
  }),
  arrow(['client-sdk/src/connection/socket.ts'], {
    regex: '^(vue|pinia|node:.*|@chalkline/.*)$',
    message: 'The SDK knows neither Vue nor Node nor the server.',
  }),
  arrow(['client-sdk/src/protocol/**/*.ts'], {
    regex: '^(?!zod/mini$|\\./)',
    message: 'The protocol imports zod/mini and its own files only: both ends share it.',
  }),
  arrow(['vue-components/src/**/*.ts', 'vue-components/src/**/*.vue'], {
    regex: '^(node:.*|ws|ioredis|@aws-sdk/.*|@chalkline/server.*|reconnecting-websocket|zod.*)$',
    message: 'Components know the client SDK, Vue and Pinia only.',
  }),
  arrow(['server/src/**/*.ts'], {
    regex: '^(vue|pinia|@chalkline/vue-components.*|@chalkline/client-sdk(?!/protocol$).*)$',
    message: 'The server shares only @chalkline/client-sdk/protocol with the browser.',
  }),
  arrow(['demo/**/*.ts', 'demo/**/*.vue']),
);
