import type { Place, Rect } from '../model/geometry.ts';

/** Which part of the board is seen: the place at the view's top left, and how many screen pixels a board pixel takes. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const LEAST_ZOOM = 0.1;
export const MOST_ZOOM = 8;

export function clampZoom(zoom: number): number {
  return Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, zoom));
}

export function toBoard(camera: Camera, screen: Place): Place {
  return { x: camera.x + screen.x / camera.zoom, y: camera.y + screen.y / camera.zoom };
}

export function toScreen(camera: Camera, place: Place): Place {
  return { x: (place.x - camera.x) * camera.zoom, y: (place.y - camera.y) * camera.zoom };
}

/** What of the board a view of that size shows. */
export function viewOf(camera: Camera, size: Size): Rect {
  return { x: camera.x, y: camera.y, width: size.width / camera.zoom, height: size.height / camera.zoom };
}

/** Nearer or farther, so that what is under `screen` stays there. */
export function zoomedAt(camera: Camera, screen: Place, factor: number): Camera {
  const zoom = clampZoom(camera.zoom * factor);
  const { x, y } = toBoard(camera, screen);
  return { x: x - screen.x / zoom, y: y - screen.y / zoom, zoom };
}

/** The camera that shows all of `bounds` in the middle, never nearer than full size. */
export function fitted(bounds: Rect, size: Size, padding = 32): Camera {
  const room = (length: number) => Math.max(1, length - 2 * padding);
  const zoom = clampZoom(
    Math.min(1, room(size.width) / Math.max(1, bounds.width), room(size.height) / Math.max(1, bounds.height)),
  );
  return {
    x: bounds.x + bounds.width / 2 - size.width / 2 / zoom,
    y: bounds.y + bounds.height / 2 - size.height / 2 / zoom,
    zoom,
  };
}
