import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { defineLoader } from 'vitepress';
import { createChecker } from 'vue-component-meta';

interface Entry {
  name: string;
  type: string;
  text: string;
  /** As the doc comment says. */
  byDefault?: string | undefined;
}

export interface Contract {
  props: Entry[];
  events: Entry[];
  slots: Entry[];
}

declare const data: Record<string, Contract>;
export { data };

const kit = join(import.meta.dirname, '../../../vue-components');

/** Props, events and slots of each component that an app can import, read from the code by Vue's own language tools. */
export default defineLoader({
  watch: ['../../../vue-components/src/*/*-contract.ts'],
  load() {
    const checker = createChecker(join(kit, 'tsconfig.json'), { schema: false });
    const components = ['src', 'src/Whiteboard'].flatMap((folder) => {
      const index = readFileSync(join(kit, folder, 'index.ts'), 'utf8');
      return [...index.matchAll(/default as (\w+) \} from '(.+)'/g)].map(
        ([, name = '', path = '']) => [name, join(kit, folder, path)] as const,
      );
    });
    return Object.fromEntries(
      components.map(([name, file]): [string, Contract] => {
        const { props, events, slots } = checker.getComponentMeta(file);
        const texts = emitTexts(file, name);
        return [
          name,
          {
            props: props
              .filter((prop) => !prop.global)
              .map(({ name, type, description, tags }) => ({
                name,
                type: type.replace(/ \| undefined$/, ''),
                text: description,
                byDefault: tags.find((tag) => tag.name === 'default')?.text,
              })),
            events: events.map(({ name, type }) => ({ name, type, text: texts.get(name) ?? '' })),
            slots: slots.map(({ name, type, description }) => ({
              name,
              type: type === 'any' ? '' : type,
              text: description,
            })),
          },
        ];
      }),
    );
  },
});

/** The doc comments of a component's events, which the language tools leave behind. */
function emitTexts(component: string, name: string): Map<string, string> {
  const kebab = name.replaceAll(/\B[A-Z]/g, '-$&').toLowerCase();
  const contract = ts.sys.readFile(join(component, '..', `${kebab}-contract.ts`));
  if (contract === undefined) return new Map();
  const emits = ts
    .createSourceFile('contract.ts', contract, ts.ScriptTarget.Latest, true)
    .statements.filter(ts.isInterfaceDeclaration)
    .find((declaration) => declaration.name.text === `${name}Emits`);
  return new Map(
    (emits?.members ?? []).map((member) => [
      member.name && 'text' in member.name ? member.name.text : '',
      ts
        .getJSDocCommentsAndTags(member)
        .map((comment) => ts.getTextOfJSDocComment(comment.comment) ?? '')
        .join(' '),
    ]),
  );
}
