import axe from 'axe-core';

/**
 * What axe finds wrong, as `rule: selector` lines. Colours are left to the theme's own test: there is no layout here, and axe
 * sees colours only where it sees boxes.
 */
export async function axeViolations(element: Element): Promise<string[]> {
  const { violations } = await axe.run(element, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}
