/** What the samples use of Nuxt, which is as large as everything else here together; `pnpm nuxt` compiles them with the real one. */
declare module 'nuxt/app' {
  import type { App } from 'vue';
  export function defineNuxtPlugin(plugin: {
    name: string;
    dependsOn: string[];
    setup(nuxt: { vueApp: App }): void;
  }): unknown;
  export function useRuntimeConfig(): { public: { chalklineUrl: string } };
}
declare module 'nuxt/config' {
  export function defineNuxtConfig(config: {
    modules: string[];
    css: string[];
    runtimeConfig: { public: Record<string, string> };
  }): unknown;
}
interface NuxtRequest {
  readonly method: string;
}
declare function defineEventHandler(handler: (event: NuxtRequest) => unknown): unknown;
declare function getCookie(event: NuxtRequest, name: string): string | undefined;
declare function createError(error: { statusCode: number }): Error;
