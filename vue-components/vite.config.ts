import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import manifest from './package.json' with { type: 'json' };

const entries = Object.values(manifest.exports).filter((path) => path.endsWith('.ts'));

/** The published build: a module for each source file, so that an app takes what it imports, and one style sheet. */
export default defineConfig({
  plugins: [vue()],
  build: {
    target: 'es2022',
    minify: false,
    lib: {
      entry: ['src/theme/style.ts', ...entries],
      formats: ['es'],
      cssFileName: 'style',
    },
    rolldownOptions: {
      // Dependencies stay the app's.
      external: /^@?[a-z]/,
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
});
