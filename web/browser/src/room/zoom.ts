/** How the shared screen is looked at: local to the viewer, nobody else's view moves. Pure. */
export interface View {
  /** 1 to 4. */
  readonly scale: number;
  /** Shift of the picture's centre, in fractions of the stage. */
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
export const SCALE_MAX = 4;
const STEP = 1.25;

const clamp = (n: number, least: number, most: number) => Math.min(most, Math.max(least, n));

/** Keeps the picture over the stage: at 100 % it cannot be moved at all. */
function within(view: View): View {
  const scale = clamp(view.scale, 1, SCALE_MAX);
  const room = (scale - 1) / 2;
  return { scale, x: clamp(view.x, -room, room), y: clamp(view.y, -room, room) };
}

/** Zooms by `factor` so that the point (`x`, `y`), fractions from the centre, stays where it is. */
export function zoom(view: View, factor: number, x = 0, y = 0): View {
  const scale = clamp(view.scale * factor, 1, SCALE_MAX);
  const real = scale / view.scale;
  return within({ scale, x: x - (x - view.x) * real, y: y - (y - view.y) * real });
}

export function pan(view: View, x: number, y: number): View {
  return within({ ...view, x: view.x + x, y: view.y + y });
}

/** `+`, `-`, `0` and the arrows; null for any other key. */
export function zoomKey(view: View, key: string): View | null {
  const shift = 0.1;
  switch (key) {
    case '+':
    case '=':
      return zoom(view, STEP);
    case '-':
      return zoom(view, 1 / STEP);
    case '0':
      return WHOLE;
    case 'ArrowLeft':
      return pan(view, shift, 0);
    case 'ArrowRight':
      return pan(view, -shift, 0);
    case 'ArrowUp':
      return pan(view, 0, shift);
    case 'ArrowDown':
      return pan(view, 0, -shift);
    default:
      return null;
  }
}

/** Text of the scale, `125 %`. */
export function percent(view: View): string {
  return `${Math.round(view.scale * 100)}\u00a0%`;
}
