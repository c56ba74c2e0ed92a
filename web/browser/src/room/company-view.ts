/** The list of those present, the call, the client's question, and the choice between screens. */
import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import {
  callWords,
  companions,
  nameOf,
  onStage,
  OWN,
  partWords,
  screens,
  stateWords,
  unanswered,
} from './company';
import { isSide } from './seats';
import type { Conductor } from './conductor';
import { icon } from './drawing';
import { underway } from './facts';
import type { Present } from './protocol';

const SHARE_MAX = 100;

/** The client reads of a call before anybody enters, and answers or goes on. */
export function callNotice({ conductor }: { conductor: Conductor }): TemplateResult | null {
  const one = unanswered(conductor.state);
  if (!one) return null;
  const answer = (action: 'agree' | 'refuse') => () => conductor.answerCall(one.seat, action);
  return html`<div class="banner edge info" data-call>
    ${icon('user')}
    <p>${callWords(conductor.state, one)}</p>
    <button type="button" class="low" @click=${answer('agree')}>${_('Fine')}</button>
    <button type="button" class="low" @click=${answer('refuse')}>${_('Not needed')}</button>
  </div>`;
}

/** The button in the head: for the consultant from the start, for others when somebody is called. */
export function companyButton({
  conductor,
}: {
  conductor: Conductor;
}): TemplateResult | typeof nothing {
  const { state } = conductor;
  const calls = state.me === 'host' && underway(state);
  if (!calls && !companions(state).length) return nothing;
  const here = state.company?.present.filter((one) => one.state === 'in').length ?? 2;
  const words = companions(state).length ? _('Present: {n}', { n: here }) : _('Call a colleague');
  return html`<button
      type="button"
      class="quiet square"
      popovertarget="room-company"
      aria-label=${words}
      title=${words}
    >
      ${icon('user')}${companions(state).length ? here : '+'}
    </button>
    <div id="room-company" popover>
      <ul>
        ${state.company?.present.map((one) => person(conductor, one))}
      </ul>
      ${calls ? callForm(conductor) : nothing}
    </div>`;
}

function person(conductor: Conductor, one: Present): TemplateResult {
  const { state } = conductor;
  const mine = one.seat === state.me;
  const away = isSide(state.me) && !isSide(one.seat);
  const told = [partWords(one.part), stateWords(one), one.share_text].filter(Boolean).join(', ');
  return html`<li>
    <p>
      <b>${mine ? _('You') : one.name || partWords(one.part)}</b> <span class="muted">${told}</span>
    </p>
    ${one.link ? link(one.link) : nothing}
    ${
      away
        ? html`<button
            type="button"
            class="low"
            @click=${() => conductor.answerCall(one.seat, 'refuse')}
          >
            ${state.me === 'client' ? _('Not needed') : _('Send away')}
          </button>`
        : nothing
    }
  </li>`;
}

function link(address: string): TemplateResult {
  const copy = (event: Event) => {
    (event.target as HTMLElement).closest('.copy-row')?.querySelector('input')?.select();
    void navigator.clipboard?.writeText(address).catch(() => undefined);
  };
  return html`<div class="copy-row">
    <input readonly aria-label=${_('Link for the colleague')} .value=${address} />
    <button type="button" class="low" @click=${copy}>${icon('copy')}${_('Copy')}</button>
  </div>`;
}

function callForm(conductor: Conductor): TemplateResult {
  const { payer } = conductor.state;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    const asked = (event.submitter as HTMLButtonElement | null)?.value;
    const part = asked === 'observer' ? 'observer' : 'colleague';
    const share = part === 'colleague' ? Number(given.get('share') ?? 0) : 0;
    conductor.call(part, String(given.get('email') ?? '').trim(), Math.round(share * 100));
    form.reset();
  };
  return html`<form class="stack" @submit=${submit}>
    <label for="call-email">${_('E-mail of the colleague, or empty: you will get a link')}</label>
    <input id="call-email" name="email" type="email" autocomplete="off" />
    ${
      payer === 'client'
        ? html`<label for="call-share">${_("Their part of the consultants' share, %")}</label>
            <input
              id="call-share"
              name="share"
              type="number"
              min="0"
              max=${SHARE_MAX}
              step="1"
              value="0"
            />`
        : nothing
    }
    <button class="primary wide" value="colleague">${_('Call a colleague')}</button>
    <button class="wide" value="observer">${_('Call an observer')}</button>
  </form>`;
}

/** Buttons with names, when more than one screen is shown. */
export function screenChoice({
  conductor,
}: {
  conductor: Conductor;
}): TemplateResult | typeof nothing {
  const { state, media, chosen } = conductor;
  const showing = media.shown !== null;
  const found = screens(state);
  if (found.length + Number(showing) < 2) return nothing;
  const stage = onStage(state, showing, chosen);
  const button = (id: string, name: string) => {
    const on = stage === OWN ? id === OWN : stage?.id === id;
    return html`<button
      type="button"
      class="low"
      aria-pressed=${on ? 'true' : 'false'}
      @click=${() => conductor.choose(id)}
    >
      ${name}
    </button>`;
  };
  return html`<div class="screens" role="group" aria-label=${_('Whose screen')}>
    ${found.map(({ id, owner }) => button(id, nameOf(state, owner)))}
    ${showing ? button(OWN, _('My screen')) : nothing}
  </div>`;
}
