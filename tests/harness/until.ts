/**
 * Resolves as soon as `holds`, asked now and each time that `subscribe` calls back.
 * @throws Error that names what was awaited, after `ms`.
 */
export function until(
  what: string,
  subscribe: (listener: () => void) => () => void,
  holds: () => boolean,
  ms = 10_000,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let unsubscribe: () => void = () => undefined;
    const timer = setTimeout(() => {
      unsubscribe();
      reject(new Error(`waited ${ms} ms in vain: ${what}`));
    }, ms);
    const look = (): void => {
      if (!holds()) return;
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    unsubscribe = subscribe(look);
    look();
  });
}
