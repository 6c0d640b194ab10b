import { inject, provide, type InjectionKey } from 'vue';

/**
 * What a parent component hands to the parts inside it.
 * @returns `provide` for the parent, and `use` for the parts, which throws a sentence naming the missing parent.
 */
export function createContext<T>(parent: string) {
  const key: InjectionKey<T> = Symbol(parent);
  return {
    provide: (value: T): void => {
      provide(key, value);
    },
    use: (part: string): T => {
      const value = inject(key, null);
      if (value === null) throw new Error(`${part} must be used inside <${parent}>.`);
      return value;
    },
    /** The nearest parent's value, if there is one. */
    peek: (): T | undefined => inject(key, undefined),
  };
}
