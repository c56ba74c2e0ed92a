import { describe, expect, it } from 'vitest';
import { creationOptions, requestOptions, toBytes, toText } from './codec';

describe('bytes in JSON', () => {
  it('come back as they went, without padding', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length) % 256);
      const text = toText(bytes.buffer);
      expect(text).toMatch(/^[\w-]*$/);
      expect(toBytes(text)).toEqual(bytes);
    }
  });
});

describe('options', () => {
  it('of a sign-in name no key', () => {
    const found = requestOptions('{"challenge": "AQID", "rpId": "localhost"}');
    expect(found.challenge).toEqual(Uint8Array.of(1, 2, 3));
    expect(found.rpId).toBe('localhost');
    expect(found.allowCredentials).toEqual([]);
  });

  it('of a new key name its owner and the keys that there are', () => {
    const found = creationOptions(
      '{"challenge": "AQID", "user": {"id": "BAU", "name": "a"},' +
        '"excludeCredentials": [{"id": "Bg", "type": "public-key"}]}',
    );
    expect(found.user.id).toEqual(Uint8Array.of(4, 5));
    expect(found.user.name).toBe('a');
    expect(found.excludeCredentials?.[0]?.id).toEqual(Uint8Array.of(6));
  });
});
