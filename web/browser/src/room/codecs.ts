/** Which video codec the screen is offered in: VP9 first, VP8 behind it, the rest last. Pure. */
export type Codec = 'VP8' | 'VP9' | 'H264' | 'AV1';
const ORDER: readonly string[] = ['VP9', 'VP8', 'H264', 'AV1'];
const HELPERS = /\/(rtx|red|ulpfec|flexfec-03)$/i;

interface Described {
  readonly mimeType: string;
}

/** The codec asked for by the page, if it is one of ours. */
export function codecNamed(text: string | null | undefined): Codec | null {
  const name = text?.toUpperCase() ?? '';
  return ORDER.includes(name) ? (name as Codec) : null;
}

/** Orders codecs by preference; with `only`, keeps that one (and its helpers) if there is one. */
export function preferred<C extends Described>(codecs: readonly C[], only: Codec | null): C[] {
  const name = (codec: C) => codec.mimeType.split('/')[1]?.toUpperCase() ?? '';
  const rank = (codec: C) => {
    const place = ORDER.indexOf(name(codec));
    return HELPERS.test(codec.mimeType) ? ORDER.length + 1 : place < 0 ? ORDER.length : place;
  };
  const chosen = codecs.filter((codec) => name(codec) === only || HELPERS.test(codec.mimeType));
  const kept = only && codecs.some((codec) => name(codec) === only) ? chosen : codecs;
  return [...kept].sort((a, b) => rank(a) - rank(b));
}
