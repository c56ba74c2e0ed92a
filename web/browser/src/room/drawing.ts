/** Small pieces of Lit shared by the elements of the room. */
import { html, LitElement, type TemplateResult } from 'lit';
import { iconAddress } from '../icon';

/** Light DOM: the page's own style sheet and its reading order are right for the room too. */
export class Part extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }
}

export function icon(name: string): TemplateResult {
  return html`<svg class="icon" aria-hidden="true"><use href=${iconAddress(name)}></use></svg>`;
}
