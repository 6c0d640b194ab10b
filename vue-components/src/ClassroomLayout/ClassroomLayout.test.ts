import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { h, nextTick } from 'vue';
import { axeViolations } from '../testing/axe-violations.ts';
import { allByRole, byRole } from '../testing/by-role.ts';
import ClassroomLayout from './ClassroomLayout.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const slots = { chat: () => h('p', 'chat'), members: () => h('p', 'members') };
const mountLayout = (props = {}, given: Record<string, () => unknown> = slots) =>
  mount(ClassroomLayout, { props, slots: given, attachTo: document.body });
const shown = (wrapper: ReturnType<typeof mountLayout>) =>
  wrapper.findAll('[data-state="shown"]').map((pane) => pane.attributes('data-pane'));

it('shows one pane, and another when its tab is chosen', async () => {
  const wrapper = mountLayout();
  expect(shown(wrapper)).toEqual(['chat']);
  await byRole(wrapper, 'button', 'Members').trigger('click');
  expect(shown(wrapper)).toEqual(['members']);
  expect(byRole(wrapper, 'button', 'Members').attributes('aria-current')).toBe('true');
  expect(byRole(wrapper, 'button', 'Chat').attributes('aria-current')).toBeUndefined();
  expect(wrapper.emitted('update:pane')).toEqual([['members']]);
});

it('keeps what is in a hidden pane', async () => {
  const wrapper = mountLayout();
  const chat = wrapper.get('[data-pane="chat"] p').element;
  await byRole(wrapper, 'button', 'Members').trigger('click');
  await byRole(wrapper, 'button', 'Chat').trigger('click');
  expect(wrapper.get('[data-pane="chat"] p').element).toBe(chat);
});

it('follows the app, and puts the lesson first where there is one', async () => {
  const wrapper = mountLayout({ pane: 'members' }, { ...slots, main: () => h('p', 'board') });
  expect(shown(wrapper)).toEqual(['members']);
  await wrapper.setProps({ pane: undefined });
  expect(shown(wrapper)).toEqual(['main']);
});

it('has no tabs for a single pane', () => {
  expect(allByRole(mountLayout({}, { chat: slots.chat }), 'button')).toEqual([]);
});

it('keeps its bottom above the on-screen keyboard, and takes zooming in for none', async () => {
  const viewport = Object.assign(new EventTarget(), { height: 800, offsetTop: 0, scale: 1 });
  vi.stubGlobal('visualViewport', viewport);
  vi.stubGlobal('innerHeight', 800);
  const wrapper = mountLayout();
  const layout = wrapper.element as HTMLElement;
  layout.getBoundingClientRect = () => ({ bottom: 800 }) as DOMRect;
  const padding = async (change: Partial<typeof viewport>) => {
    Object.assign(viewport, change).dispatchEvent(new Event('resize'));
    await nextTick();
    return layout.style.paddingBlockEnd;
  };
  expect(await padding({ height: 500 })).toBe('300px');
  expect(await padding({ offsetTop: 100 })).toBe('200px');
  expect(await padding({ scale: 2 })).toBe('');
  expect(await padding({ height: 800, offsetTop: 0, scale: 1 })).toBe('');
  wrapper.unmount();
  expect(await padding({ height: 500 })).toBe('');
});

it('has nothing that axe objects to', async () => {
  expect(await axeViolations(mountLayout().element as Element)).toEqual([]);
});

describe('the line between the lesson and its side', () => {
  const mountBoth = () => mountLayout({}, { ...slots, main: () => h('p', 'board') });
  const widthOf = (wrapper: ReturnType<typeof mountLayout>) =>
    Number(byRole(wrapper, 'separator').attributes('aria-valuenow'));

  beforeEach(() => {
    localStorage.clear();
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is there only where there are both', () => {
    expect(allByRole(mountLayout(), 'separator')).toEqual([]);
    expect(allByRole(mountBoth(), 'separator', 'Width of the side')).toHaveLength(1);
  });

  it('moves with the arrows, and stands there again next time', async () => {
    const wrapper = mountBoth();
    const before = widthOf(wrapper);
    await byRole(wrapper, 'separator').trigger('keydown', { key: 'ArrowRight' });
    expect(widthOf(wrapper)).toBeLessThan(before);
    expect(wrapper.get<HTMLElement>('.panes').element.style.getPropertyValue('--side-width')).toBe(
      `${widthOf(wrapper)}px`,
    );
    const after = mountBoth();
    await nextTick();
    expect(widthOf(after)).toBe(widthOf(wrapper));
    await byRole(after, 'separator').trigger('dblclick');
    expect(widthOf(after)).toBe(before);
  });

  // Seen red without the `catch`: a browser that keeps nothing for sites throws at the mere question.
  it('moves also where the browser keeps nothing', async () => {
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
      clear: () => undefined,
    });
    const wrapper = mountBoth();
    const before = widthOf(wrapper);
    await byRole(wrapper, 'separator').trigger('keydown', { key: 'ArrowLeft' });
    expect(widthOf(wrapper)).toBeGreaterThan(before);
  });
});
