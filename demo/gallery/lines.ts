const lines: Readonly<Record<string, readonly string[]>> = {
  en: [
    'Good morning! Please look at page 12.',
    'The one with the pizza?',
    'Exactly. If you eat two of eight slices, which fraction is left?',
    'Six eighths, so three quarters.',
    'And if I eat one more?',
  ],
  ar: [
    'صباح الخير! انظروا من فضلكم إلى الصفحة 12.',
    'تلك التي فيها البيتزا؟',
    'بالضبط. إذا أكلت قطعتين من ثماني قطع، فأي كسر يبقى؟',
    'ستة أثمان، أي ثلاثة أرباع.',
    'وإذا أكلت قطعة أخرى؟',
  ],
};

/** What is said in the gallery's lesson: English where a language has no lines of its own. */
export function linesOf(locale: string): readonly string[] {
  return lines[locale] ?? lines.en ?? [];
}
