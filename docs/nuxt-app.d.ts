/** What the samples use of Nuxt, which is as large as everything else here together. */
declare module 'nuxt/app' {
  import type { App } from 'vue';
  export function defineNuxtPlugin(plugin: {
    name: string;
    dependsOn: string[];
    setup(nuxt: { vueApp: App }): void;
  }): unknown;
}
