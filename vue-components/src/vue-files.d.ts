/** For tools that read TypeScript without Vue's compiler (the linter); vue-tsc sees the real contracts. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent<Record<string, unknown>, Record<string, unknown>, unknown>;
  // eslint-disable-next-line no-restricted-exports -- what a single-file component is
  export default component;
}
