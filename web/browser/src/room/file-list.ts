/** The files of a session, each with what can be done about it by this side. */
import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import { icon } from './drawing';
import type { FileNow, Seat } from './protocol';
import type { Upload, Uploads } from './uploads';

/** `2,4 МБ`: whole below a kilobyte, else to a tenth, as the page's language writes it. */
export function sizeText(bytes: number, language = document.documentElement.lang || 'en'): string {
  const units = ['byte', 'kilobyte', 'megabyte'] as const;
  const step = Math.min(2, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = units[step] ?? 'byte';
  const options = { style: 'unit', unit, maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language, options).format(bytes / 1000 ** step);
}

export function fileList(
  files: readonly FileNow[],
  me: Seat,
  uploads: Uploads,
  address: string,
): TemplateResult | typeof nothing {
  const sending = new Map(uploads.list.map((one) => [one.id, one]));
  const fresh = uploads.list.filter(({ id }) => !files.some((file) => file.id === id));
  if (!files.length && !fresh.length) return nothing;
  return html`<ul class="files" aria-label=${_('Files')}>
    ${fresh.map((one) => row(one, progress(one), cancel(one, uploads)))}
    ${files.map((file) => {
      const own = file.from === me;
      return own
        ? given(file, sending.get(file.id), uploads)
        : asked(file, uploads, `${address}/${file.id}`);
    })}
  </ul>`;
}

function row(
  { id, name, size }: Pick<FileNow, 'id' | 'name' | 'size'>,
  told: unknown,
  acts: unknown,
): TemplateResult {
  return html`<li data-file=${id}>
    <p><b>${name}</b> <span class="muted">${sizeText(size)}</span></p>
    ${told} ${acts}
  </li>`;
}

function words(text: string): TemplateResult {
  return html`<p class="muted">${text}</p>`;
}

function bar(name: string, value: number, size: number, text: string): TemplateResult {
  return html`<progress max=${size} value=${value} aria-label=${name}></progress>${words(text)}`;
}

function progress({ name, sent, size, step, problem }: Upload): TemplateResult {
  if (step === 'failed') return html`<p role="alert">${problem}</p>`;
  const part = Math.floor((sent / size) * 100);
  const steps = {
    reading: _('Reading'),
    sending: _('Sending, {n} %', { n: part }),
    waits: _('Waiting for the network'),
  };
  return bar(name, sent, size, steps[step]);
}

function cancel({ id, name }: Pick<FileNow, 'id' | 'name'>, uploads: Uploads): TemplateResult {
  const label = _('Cancel {name}', { name });
  return html`<button
    type="button"
    class="quiet"
    aria-label=${label}
    @click=${() => void uploads.cancel(id)}
  >
    ${icon('x')}${_('Cancel')}
  </button>`;
}

function given(file: FileNow, upload: Upload | undefined, uploads: Uploads): TemplateResult {
  if (upload) return row(file, progress(upload), cancel(file, uploads));
  switch (file.state) {
    case 'offered':
      return row(file, words(_('Not all was sent. Choose it again')), cancel(file, uploads));
    case 'whole':
      return file.accepted
        ? row(file, words(_('Accepted')), nothing)
        : row(file, words(_('Waiting for an answer')), cancel(file, uploads));
    default:
      return row(file, over(file), nothing);
  }
}

function over({ state }: FileNow): TemplateResult {
  if (state === 'declined') return words(_('Declined'));
  return words(state === 'withdrawn' ? _('Withdrawn') : _('Erased'));
}

function asked(file: FileNow, uploads: Uploads, address: string): TemplateResult {
  const { id, name, size, have, state, accepted } = file;
  if (state !== 'offered' && state !== 'whole') return row(file, over(file), nothing);
  if (!accepted) {
    const answer = (decision: 'accept' | 'decline') => () => void uploads.answer(id, decision);
    const buttons = html`<div class="row">
      <button
        type="button"
        class="primary"
        aria-label=${_('Accept {name}', { name })}
        @click=${answer('accept')}
      >
        ${_('Accept')}
      </button>
      <button type="button" aria-label=${_('Decline {name}', { name })} @click=${answer('decline')}>
        ${_('Decline')}
      </button>
    </div>`;
    return row(file, words(_('You are offered this file')), buttons);
  }
  if (state === 'offered') {
    const n = Math.floor((have / size) * 100);
    return row(file, bar(name, have, size, _('Coming, {n} %', { n })), nothing);
  }
  const label = _('Save {name}', { name });
  return row(
    file,
    nothing,
    html`<a class="button" href=${address} download aria-label=${label}
      >${icon('download')}${_('Save')}</a
    >`,
  );
}
