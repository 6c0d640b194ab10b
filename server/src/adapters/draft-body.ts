import type { Draft } from '../ports.ts';

/**
 * The fields of an event that come from its draft, as JSON without braces. Of a chat message it comes in the lines of chat.lua, where
 * each can be put in the place of another: JSON takes a new line for a blank.
 */
export function bodyOf({ id, type, data, projection }: Draft): string {
  if (projection?.of !== 'chat') return JSON.stringify({ id, type, data }).slice(1, -1);
  const { text = '', ...others } = data as { text?: unknown };
  const rest = JSON.stringify(others).slice(1);
  const head = `"id":${JSON.stringify(id)},\n"type":${JSON.stringify(type)},"data":{"text":`;
  return `${head}\n${JSON.stringify(text)}\n${rest === '}' ? '' : ','}${rest}\n\n\n`;
}
