/**
 * Asks again and again until it holds: for servers, which tell nobody by themselves.
 * @throws Error that names what was awaited, after `ms`.
 */
export async function poll(
  what: string,
  holds: () => Promise<boolean> | boolean,
  ms = 10_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
