/** A picture from the sprite, silent: a word or a name always stands beside it. */
import sprite from 'virtual:icons';

const SVG = 'http://www.w3.org/2000/svg';

export function iconAddress(name: string): string {
  return `${sprite}#${name}`;
}

export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', iconAddress(name));
  svg.append(use);
  return svg;
}
