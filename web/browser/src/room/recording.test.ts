import { describe, expect, it } from 'vitest';
import { label, place, told } from './recording';
import type { Recording } from './protocol';
import { fresh, reduce, type RoomState } from './state';

const NONE: Recording = {
  state: 'none',
  by: null,
  since: null,
  gap: false,
  text: 'words-1',
  question: 'Agree?',
};

function room(recording: Partial<Recording>): RoomState {
  const message = { type: 'recording', seq: 1, ...NONE, ...recording } as const;
  return reduce(fresh('client'), { type: 'server', message, nowMs: 0 });
}

describe('recording', () => {
  const asked = room({ state: 'asked', by: 'host' });
  const runs = room({ state: 'recording', by: 'host', since: '2026-11-22T13:00:00Z' });
  const gap = room({ state: 'recording', by: 'host', since: '2026-11-22T13:00:00Z', gap: true });

  it('knows where the matter stands for this side', () => {
    expect(place(fresh('client'))).toBe('idle');
    expect(place(room({}))).toBe('idle');
    expect(place(room({ state: 'asked', by: 'client' }))).toBe('waits');
    expect(place(asked)).toBe('asked');
    expect(place(runs)).toBe('runs');
    expect(place(room({ state: 'stopped', by: 'client' }))).toBe('idle');
  });

  it('says in words that it runs, and when nothing is kept', () => {
    expect(label(runs)).toBe('Being recorded');
    expect(label(gap)).toBe('Recording interrupted');
    expect(label(asked)).toBe('Record?');
  });

  it('tells a screen reader of each change once', () => {
    const name = { name: 'Ivan', joined: true, online: true };
    expect(told(room({}), { ...asked, peer: name })).toBe('Ivan suggests recording the session');
    expect(told(asked, runs)).toBe('The session is being recorded');
    expect(told(runs, runs)).toBeNull();
    expect(told(runs, gap)).toBe('Recording interrupted');
    expect(told(gap, runs)).toBe('The session is being recorded');
    expect(told(runs, room({ state: 'stopped' }))).toBe('Recording stopped');
  });
});
