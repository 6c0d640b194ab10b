import { defineConfig } from 'vitest/config';
import vue from '@vitejs/plugin-vue';
import { FileOrder } from './tests/file-order.ts';

export default defineConfig({
  test: {
    // Two, also on two cores: much of what the tests do is waiting, for a browser or a server. Files share a process, and so what
    // they import: that took longer than the tests.
    maxWorkers: 2,
    isolate: false,
    sequence: { sequencer: FileOrder },
    // The AWS SDK tells every process that it will want a newer Node next year.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['client-sdk/src/**/*.test.ts', 'server/src/**/*.test.ts', 'server/infra/**/*.test.ts'],
          environment: 'node',
        },
      },
      {
        plugins: [vue()],
        test: {
          name: 'vue',
          include: ['vue-components/src/**/*.test.ts'],
          environment: 'happy-dom',
        },
      },
      {
        plugins: [vue()],
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          globalSetup: ['tests/harness/shared-folder.ts'],
          environment: 'node',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
