/** What is left of a timer as a clock shows it, such as `4:05`; each second counts until it is over. */
export function formatLeft(leftMs: number, language: string): string {
  const seconds = Math.ceil(leftMs / 1000);
  const two = new Intl.NumberFormat(language, { minimumIntegerDigits: 2, useGrouping: false });
  const one = new Intl.NumberFormat(language, { useGrouping: false });
  return `${one.format(Math.floor(seconds / 60))}:${two.format(seconds % 60)}`;
}
