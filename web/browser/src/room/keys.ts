/** Single-key shortcuts: only when no field has the focus, and they can be switched off. */
export type Command = 'microphone' | 'chat' | 'full';

const KEY = 'minuta.keys';
// By place on the keyboard, so that they work in the Russian layout too.
const COMMANDS: Record<string, Command> = { KeyM: 'microphone', KeyC: 'chat', KeyF: 'full' };

/** As this device was told in the room, else as the account has it, else on. */
export function keysOn(): boolean {
  const room = document.querySelector<HTMLElement>('session-room');
  const usual = room?.dataset['keys'] ?? 'on';
  try {
    return (localStorage.getItem(KEY) ?? usual) !== 'off';
  } catch {
    return usual !== 'off';
  }
}

export function switchKeys(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Storage may be closed: the choice then lasts as long as the page.
  }
}

/** The command of a key press, or null where the press means something else. */
export function commandOf(event: KeyboardEvent): Command | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !keysOn()) return null;
  const target = event.target;
  if (
    target instanceof Element &&
    target.closest('input, textarea, select, dialog, [contenteditable]')
  ) {
    return null;
  }
  return COMMANDS[event.code] ?? null;
}
