/** What the session may cost: the payer sets it, raises it, takes it away. */
import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import type { Conductor } from './conductor';

export const CAP_FIELD = 'cap-sum';

export function capField(conductor: Conductor): TemplateResult | typeof nothing {
  const { cap } = conductor.state;
  if (!cap) return nothing;
  const set = (event: Event) => {
    event.preventDefault();
    const typed = new FormData(event.target as HTMLFormElement).get('sum');
    conductor.cap(String(typed ?? '').trim() || null);
  };
  return html`<form class="cap" @submit=${set}>
    <label for=${CAP_FIELD}>${_('Spend on this session no more than')}</label>
    <div class="copy-row">
      <input
        id=${CAP_FIELD}
        name="sum"
        inputmode="decimal"
        maxlength="12"
        autocomplete="off"
        aria-describedby="cap-now"
        .value=${cap.sum}
      />
      <button type="submit">${_('Set')}</button>
    </div>
    <p id="cap-now" role="status" class="muted">
      ${cap.text ?? _('No limit now. An empty field means none')}
    </p>
  </form>`;
}

/** Opens the menu with the field and goes there: the last seconds leave no time to look for it. */
export function openCap(root: ParentNode): void {
  root.querySelector<HTMLElement>('#room-settings')?.showPopover();
  root.querySelector<HTMLInputElement>(`#${CAP_FIELD}`)?.focus();
}
