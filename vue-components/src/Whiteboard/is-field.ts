/** Whether keys and pastes go into `target` itself: a field that one writes in, and no choice or switch. */
export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('textarea, select, input:not([type="radio"], [type="checkbox"])')
  );
}
