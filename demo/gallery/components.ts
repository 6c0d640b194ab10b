import type { ComponentStates, GalleryState } from './gallery-state.ts';

/** All components of the gallery, one of each file in `states`. */
export const components: readonly ComponentStates[] = Object.values(
  import.meta.glob<ComponentStates>('./states/*.ts', { eager: true, import: 'states' }),
);

/** The state of an address such as `ChatPane/empty`; undefined where there is none. */
export function stateAt(
  path: string | undefined,
): { component: ComponentStates; state: GalleryState } | undefined {
  const [name, key = ''] = path?.split('/') ?? [];
  const component = components.find((candidate) => candidate.component === name);
  const state = component?.states[key];
  return component && state && { component, state };
}
