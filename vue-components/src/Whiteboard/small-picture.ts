import { isSafeImageUrl } from './model/safe-url.ts';

/** A picture of more bytes than this is made smaller: it travels inside the document, to everyone and for good. */
const BYTES = 96 * 1024;
/** Longest side and quality, tried in turn. */
const ATTEMPTS = [
  { longestSide: 1280, quality: 0.8 },
  { longestSide: 960, quality: 0.7 },
  { longestSide: 640, quality: 0.6 },
] as const;

/** The picture of a file as `data:image`, for a board whose app keeps none: a photo is made as small as it has to be. */
export async function smallPicture(file: Blob): Promise<string> {
  const asIs = file.size <= BYTES ? await addressOf(file) : '';
  if (isSafeImageUrl(asIs)) return asIs;
  const picture = await createImageBitmap(file);
  let smallest = '';
  try {
    for (const { longestSide, quality } of ATTEMPTS) {
      const blob = await drawn(picture, longestSide, quality);
      smallest = await addressOf(blob);
      if (blob.size <= BYTES) break;
    }
  } finally {
    picture.close();
  }
  return smallest;
}

async function drawn(picture: ImageBitmap, longestSide: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  const canvas = new OffscreenCanvas(width ?? 1, height ?? 1);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
  // A browser that cannot write WebP gives a PNG, which is large for a photo.
  return blob.type === 'image/webp' ? blob : canvas.convertToBlob({ type: 'image/jpeg', quality });
}

function addressOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error('unable to read the file'));
    reader.readAsDataURL(blob);
  });
}
