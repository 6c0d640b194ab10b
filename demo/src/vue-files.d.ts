/** For tools that read TypeScript without Vue's compiler (the linter). */
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent;
  // eslint-disable-next-line no-restricted-exports -- what a single-file component is
  export default component;
}
