import { zipSync } from 'fflate';
import type { SavedFormat } from './use-export.ts';

/** The pages by number, as long for each so that they stay in order wherever they are listed. */
export async function archiveOf(pictures: readonly Blob[], format: SavedFormat): Promise<Blob> {
  const digits = `${pictures.length}`.length;
  const files = await Promise.all(
    pictures.map(async (picture, index) => {
      const file = `${`${index + 1}`.padStart(digits, '0')}.${format}`;
      return [file, new Uint8Array(await picture.arrayBuffer())] as const;
    }),
  );
  // A PNG is as small as it gets.
  const bytes = zipSync(Object.fromEntries(files), { level: format === 'png' ? 0 : 6 });
  return new Blob([bytes], { type: 'application/zip' });
}
