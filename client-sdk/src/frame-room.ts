import { CLIENT_FRAME_BYTES, PUBLISH_MESSAGES } from './protocol/index.ts';

/** Room for the envelope around the items of a frame. */
const ENVELOPE_BYTES = 512;

/** Whether items of so many bytes together find room in one client frame, or in another limit. */
export function fits(bytes: number, limitBytes = CLIENT_FRAME_BYTES): boolean {
  return bytes <= limitBytes - ENVELOPE_BYTES;
}

/** The first items, as many as one client frame holds; one that is larger goes alone, in chunks. */
export function runThatFits<T extends { bytes: number }>(items: readonly T[]): T[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => index === PUBLISH_MESSAGES || !fits((bytes += item.bytes)));
  return end < 0 ? [...items] : items.slice(0, end || 1);
}
