/** The small menu in the head of the room: the cap, which microphone, shortcuts on or off. */
import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import { capField } from './cap';
import type { Conductor } from './conductor';
import { icon } from './drawing';
import { keysOn, switchKeys } from './keys';

let inputs: MediaDeviceInfo[] = [];

async function look(event: Event, conductor: Conductor): Promise<void> {
  if ((event as ToggleEvent).newState !== 'open') return;
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  inputs = all.filter(({ kind, label }) => kind === 'audioinput' && label);
  conductor.redraw();
}

export function settings(conductor: Conductor): TemplateResult {
  const choose = (event: Event) =>
    void conductor.chooseMicrophone((event.target as HTMLSelectElement).value);
  const switched = (event: Event) => switchKeys((event.target as HTMLInputElement).checked);
  return html`<button
      type="button"
      class="quiet square"
      popovertarget="room-settings"
      aria-label=${_('Settings')}
    >
      ${icon('settings')}
    </button>
    <div id="room-settings" popover @toggle=${(event: Event) => void look(event, conductor)}>
      ${capField(conductor)}
      ${
        inputs.length
          ? html`<label for="input">${_('Microphone')}</label>
              <select id="input" @change=${choose}>
                ${inputs.map(
                  ({ deviceId, label }) =>
                    html`<option
                      value=${deviceId}
                      ?selected=${deviceId === conductor.media.mic.track.getSettings().deviceId}
                    >
                      ${label}
                    </option>`,
                )}
              </select>`
          : nothing
      }
      <label class="check">
        <input type="checkbox" .checked=${keysOn()} @change=${switched} />
        <span>${_('Keys: M microphone, C chat, F full screen')}</span>
      </label>
    </div>`;
}
