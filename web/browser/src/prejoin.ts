/**
 * The microphone row of the pre-join page: says which of six states the microphone is in, and what
 * to do. Nothing is asked for before the row's own button is pressed; joining never needs it.
 */
import { askMicrophone, refusalOf, rememberMic, type Refusal } from './room/devices';
import { icon } from './icon';
import './phone-note';
import './screen-test';
import { _ } from './words';

type State = 'idle' | 'asking' | 'works' | 'silent' | Refusal;

const SILENT_MS = 5000;
const QUIET = 0.01;
const BARS = 8;

function sentence(state: State): string {
  switch (state) {
    case 'idle':
      return _('Test the microphone');
    case 'asking':
      return _("Allow the microphone in the browser's window");
    case 'works':
      return _('The microphone works');
    case 'silent':
      return _('No sound. Check the switch on the headset or choose another microphone');
    case 'browser':
      return _(
        'The browser blocks the microphone. Press the icon left of the address and allow it',
      );
    case 'system':
      return _('The system blocks the microphone. Allow it for the browser in privacy settings');
    case 'busy':
      return _('Another program holds the microphone. Close it and try again');
    case 'missing':
      return _('No microphone found. Plug one in and try again');
  }
}

class MicTest extends HTMLElement {
  #state: State = 'idle';
  #stream: MediaStream | null = null;
  #context: AudioContext | null = null;
  #frame = 0;

  connectedCallback(): void {
    this.#show('idle');
    addEventListener('pagehide', () => this.#stop());
  }

  disconnectedCallback(): void {
    this.#stop();
  }

  async #ask(deviceId?: string): Promise<void> {
    this.#stop();
    this.#show('asking');
    try {
      this.#stream = await askMicrophone(deviceId);
      const found = this.#stream.getAudioTracks()[0]?.getSettings().deviceId;
      rememberMic({ wanted: true, ...(found ? { deviceId: found } : {}) });
      await this.#listen(this.#stream);
    } catch (error) {
      rememberMic({ wanted: false });
      this.#show(refusalOf(error));
    }
  }

  /** Moves the level until the page goes; says "no sound" after five silent seconds. */
  async #listen(stream: MediaStream): Promise<void> {
    const context = new AudioContext();
    this.#context = context;
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    let heardMs = performance.now();
    this.#show('works');
    await this.#choices(stream);
    const look = () => {
      analyser.getFloatTimeDomainData(wave);
      const level = Math.max(...wave.map(Math.abs));
      const now = performance.now();
      // Without a sound output Firefox leaves the context asleep: then nothing can be said.
      if (level > QUIET || context.state !== 'running') heardMs = now;
      this.#show(now - heardMs > SILENT_MS ? 'silent' : 'works');
      this.#level(level);
      this.#frame = requestAnimationFrame(look);
    };
    look();
  }

  #show(state: State): void {
    if (state === this.#state && this.childElementCount) return;
    this.#state = state;
    const opened = state === 'works' || state === 'silent' || state === 'asking';
    const text = document.createElement(opened ? 'p' : 'button');
    text.textContent = sentence(state);
    if (text instanceof HTMLButtonElement) {
      text.type = 'button';
      text.className = 'quiet';
      text.addEventListener('click', () => void this.#ask());
    }
    if (state !== 'idle')
      text.setAttribute('role', text instanceof HTMLButtonElement ? 'button' : 'status');
    const meter = document.createElement('span');
    meter.className = 'level';
    meter.hidden = !opened;
    meter.ariaHidden = 'true';
    for (let n = 0; n < BARS; n++) meter.append(document.createElement('i'));
    const chooser = this.querySelector('label');
    this.dataset['state'] = state;
    this.replaceChildren(icon(opened || state === 'idle' ? 'mic' : 'mic-off'), text, meter);
    if (chooser) this.append(chooser);
  }

  #level(level: number): void {
    const lit = Math.min(BARS, Math.ceil(Math.sqrt(level) * BARS));
    this.querySelectorAll('.level i').forEach((bar, n) => bar.classList.toggle('on', n < lit));
  }

  /** Another microphone may be chosen once there is more than one to choose from. */
  async #choices(stream: MediaStream): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    const inputs = all.filter(({ kind, label }) => kind === 'audioinput' && label);
    if (inputs.length < 2 || stream !== this.#stream) return;
    const current = stream.getAudioTracks()[0]?.getSettings().deviceId;
    const select = document.createElement('select');
    for (const { deviceId, label } of inputs) {
      select.add(new Option(label, deviceId, false, deviceId === current));
    }
    select.addEventListener('change', () => void this.#ask(select.value));
    const label = document.createElement('label');
    const name = document.createElement('span');
    name.className = 'unseen';
    name.textContent = _('Microphone');
    label.append(name, select);
    this.querySelector('label')?.remove();
    this.append(label);
  }

  #stop(): void {
    cancelAnimationFrame(this.#frame);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    void this.#context?.close();
    this.#stream = this.#context = null;
  }
}

customElements.define('mic-test', MicTest);
