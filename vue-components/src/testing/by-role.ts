import type { DOMWrapper, VueWrapper } from '@vue/test-utils';

/** The elements that have a role by their nature; only those that the kit uses. */
const selectors: Record<string, string> = {
  button: 'button',
  textbox: 'textarea, input[type=text]',
  combobox: 'select',
  link: 'a[href]',
  heading: 'h2, h3',
  list: 'ul, ol',
  listitem: 'li',
  region: 'section[aria-label], section[aria-labelledby]',
};

/** The accessible name of an element, as far as the kit's markup goes. */
export function nameOf(element: Element): string {
  const label = element.getAttribute('aria-label');
  const labelledBy = element.getAttribute('aria-labelledby');
  const byId = (id: string) => element.ownerDocument.getElementById(id)?.textContent ?? '';
  const forField =
    element.id === '' ? null : element.ownerDocument.querySelector(`label[for="${element.id}"]`);
  const shown = (forField ?? element).cloneNode(true) as Element;
  for (const hidden of shown.querySelectorAll('[aria-hidden=true]')) hidden.remove();
  return (label ?? (labelledBy === null ? shown.textContent : byId(labelledBy))).replace(/\s+/g, ' ').trim();
}

/** All elements of a role and, if given, of an accessible name: what assistive technology would find. */
export function allByRole(wrapper: VueWrapper, role: string, name?: string | RegExp): DOMWrapper<Element>[] {
  const own = selectors[role];
  return wrapper.findAll(`[role="${role}"]${own === undefined ? '' : `, ${own}`}`).filter(({ element }) => {
    if (name === undefined) return true;
    return typeof name === 'string' ? nameOf(element) === name : name.test(nameOf(element));
  });
}

/**
 * The one element of a role and name.
 * @throws Error where there is none, or more than one.
 */
export function byRole(wrapper: VueWrapper, role: string, name?: string | RegExp): DOMWrapper<Element> {
  const [first, second] = allByRole(wrapper, role, name);
  if (first !== undefined && second === undefined) return first;
  throw new Error(`there is ${first === undefined ? 'no' : 'more than one'} ${role} named ${String(name)}`);
}
