/** Where the picture lies on the stage, and places on it: 0 to 10000 each way. Pure. */
import { PLACE_MAX } from './protocol';
import type { View } from './zoom';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Frame extends Size {
  readonly left: number;
  readonly top: number;
}

/** Across and down, as the wire has it. */
export type Point = [number, number];

/** The picture fitted whole into the stage and then looked at closer, in pixels of the stage. */
export function frameOf(stage: Size, picture: Size, view: View): Frame | null {
  if (!picture.width || !picture.height || !stage.width || !stage.height) return null;
  const fit = Math.min(stage.width / picture.width, stage.height / picture.height) * view.scale;
  const [width, height] = [picture.width * fit, picture.height * fit];
  return {
    width,
    height,
    left: (stage.width - width) / 2 + view.x * stage.width,
    top: (stage.height - height) / 2 + view.y * stage.height,
  };
}

/** The place under a pixel of the stage; beside the picture it is the nearest edge. */
export function placeAt(frame: Frame, x: number, y: number): Point {
  return [(x - frame.left) / frame.width, (y - frame.top) / frame.height].map((part) =>
    Math.round(Math.min(1, Math.max(0, part)) * PLACE_MAX),
  ) as Point;
}

export function isOn(frame: Frame, x: number, y: number): boolean {
  const [across, down] = [(x - frame.left) / frame.width, (y - frame.top) / frame.height];
  return across >= 0 && across <= 1 && down >= 0 && down <= 1;
}

/** The pixel of the stage, to a tenth. */
export function pixelAt(frame: Frame, [x, y]: readonly [number, number]): Point {
  const across = frame.left + (x / PLACE_MAX) * frame.width;
  const down = frame.top + (y / PLACE_MAX) * frame.height;
  return [Math.round(across * 10) / 10, Math.round(down * 10) / 10];
}
