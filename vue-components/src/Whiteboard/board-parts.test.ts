import { mount } from '@vue/test-utils';
import { afterEach, expect, it } from 'vitest';
import { memberOf, ben, chen } from '../testing/mount-classroom.ts';
import { axeViolations } from '../testing/axe-violations.ts';
import { allByRole, byRole } from '../testing/by-role.ts';
import BoardToolbar from './BoardToolbar.vue';
import { lightColors } from './canvas/theme-colors.ts';
import { outlineOf } from './describe-element.ts';
import DrawingRights from './DrawingRights.vue';
import PagesBar from './PagesBar.vue';
import { TestDesk } from './testing/test-desk.ts';
import { toolGroups } from './tools/tool-names.ts';
import { initialOptions } from './tools/tool-options.ts';
import ToolOptionsBar from './ToolOptionsBar.vue';
import { isDark } from './use-board-theme.ts';
import { whiteboardEn } from './whiteboard-en.ts';

afterEach(() => {
  document.body.innerHTML = '';
});

const bar = { tool: 'pen', shape: 'arrow', groups: toolGroups, canUndo: true, canRedo: false } as const;

// Seen red: every button a stop of the Tab key.
it('shows which tool is chosen, and is one stop of the Tab key that arrows walk through', async () => {
  const wrapper = mount(BoardToolbar, { props: { ...bar, isCompact: false }, attachTo: document.body });
  const stops = () => wrapper.findAll('[tabindex="0"]').map((button) => button.attributes('aria-label'));
  expect(wrapper.get('[aria-pressed="true"]').attributes('aria-label')).toBe('Pen');
  expect(stops()).toEqual(['Pen']);
  const pen = byRole(wrapper, 'button', 'Pen');
  (pen.element as HTMLElement).focus();
  await pen.trigger('keydown', { key: 'ArrowRight' });
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Highlighter');
  await byRole(wrapper, 'button', 'Highlighter').trigger('keydown', { key: 'End' });
  // Redo is not to be had, and no stop.
  expect(stops()).toEqual(['Undo']);
  await byRole(wrapper, 'button', 'Shapes').trigger('click');
  expect(wrapper.emitted('choose')).toEqual([['arrow']]);
  expect(await axeViolations(wrapper.element as Element)).toEqual([]);
});

// Seen red: the rare ones in the bar as well.
it('leaves what is rare to a panel where there is little room, and says what of it is chosen', async () => {
  const wrapper = mount(BoardToolbar, {
    props: { ...bar, tool: 'laser', isCompact: true },
    attachTo: document.body,
  });
  expect(allByRole(wrapper, 'button', 'Laser pointer')).toEqual([]);
  await byRole(wrapper, 'button', 'More tools: Laser pointer').trigger('click');
  await byRole(wrapper, 'button', 'Sticky note').trigger('click');
  expect(wrapper.emitted('choose')).toEqual([['note']]);
});

// Seen red: all options for every tool.
it.each([
  ['pen', ['Colour', 'Width']],
  ['eraser', ['What the eraser takes']],
  ['line', ['Shape', 'Colour', 'Width']],
  ['note', ['Colour', 'Text size']],
  ['select', []],
] as const)('offers the options of the chosen tool and no others: %s', (tool, legends) => {
  const wrapper = mount(ToolOptionsBar, {
    props: { tool, options: initialOptions().pen, colors: lightColors },
  });
  expect(wrapper.findAll('legend').map((legend) => legend.text())).toEqual(legends);
});

// Seen red: deleting offered to everyone.
it('turns pages, names each, and lets only who may delete the one that is shown', async () => {
  const pages = [{ id: 'a' }, { id: 'b', name: 'Fractions' }, { id: 'c' }];
  const props = { pages, pageId: 'b', canEdit: true, canRemove: false };
  const wrapper = mount(PagesBar, { props, attachTo: document.body });
  await byRole(wrapper, 'button', 'Next page').trigger('click');
  await byRole(wrapper, 'button', 'Pages: 2 / 3').trigger('click');
  expect(wrapper.get('[aria-current="page"]').text()).toContain('Fractions');
  expect(allByRole(wrapper, 'button', 'Delete this page')).toEqual([]);
  await wrapper.setProps({ canRemove: true });
  await byRole(wrapper, 'button', 'Delete this page').trigger('click');
  expect([wrapper.emitted('show'), wrapper.emitted('remove')]).toEqual([[['c']], [['b']]]);
});

// Seen red: each student's switch as the one of all.
it('gives the teacher one switch for all and one for each student', async () => {
  const wrapper = mount(DrawingRights, {
    props: { students: [memberOf(ben), memberOf(chen)], isOpen: false, mayDraw: (id) => id === 'chen' },
    attachTo: document.body,
  });
  await byRole(wrapper, 'button', 'Who may draw').trigger('click');
  const switches = wrapper.findAll<HTMLInputElement>('[role="switch"]');
  expect(switches.map(({ element }) => element.checked)).toEqual([false, false, true]);
  await switches[0]!.setValue(true);
  await switches[1]!.setValue(true);
  expect([wrapper.emitted('everyone'), wrapper.emitted('one')]).toEqual([[[true]], [['ben', true]]]);
  expect(await axeViolations(wrapper.element as Element)).toEqual([]);
});

// Seen red: the focus left where the panel was.
it('closes a panel on Escape, and gives the focus back to its button', async () => {
  const wrapper = mount(DrawingRights, {
    props: { students: [], isOpen: true, mayDraw: () => true },
    attachTo: document.body,
  });
  const button = byRole(wrapper, 'button', 'Who may draw');
  await button.trigger('click');
  await wrapper.get('.panel').trigger('keydown', { key: 'Escape' });
  expect(wrapper.find('.panel').exists()).toBe(false);
  expect(button.attributes('aria-expanded')).toBe('false');
  expect(document.activeElement).toBe(button.element);
});

// Seen red: every stroke counted as one.
it('puts a page into words: each thing, and of ink how many strokes each member drew', () => {
  const desk = new TestDesk();
  desk.drag('pen', [
    [0, 0],
    [50, 50],
  ]);
  desk.drag('pen', [[9, 9]]);
  desk.box(0, 0);
  const lines = outlineOf(desk.elements, whiteboardEn).map(({ what, authorId }) => [what, authorId]);
  expect(lines).toEqual([
    ['Rectangle', 'ada'],
    ['2 strokes', 'ada'],
  ]);
});

it.each([
  ['rgb(31, 34, 36)', true],
  ['rgb(247, 245, 240)', false],
  ['', false],
])('tells a dark theme by its paper: %s', (color, dark) => {
  expect(isDark(color)).toBe(dark);
});
