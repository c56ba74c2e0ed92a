/** The words of the page: gettext on the browser's side, from a JSON block that the page brings. */
type Values = Record<string, string | number>;
type Catalogue = Record<string, string | string[]>;

let catalogue: Catalogue | null = null;
const CATEGORIES: Record<string, Intl.LDMLPluralRule[]> = { ru: ['one', 'few', 'many'] };

/** Reads a JSON script block of the page; an absent block is an empty object. */
export function block<T>(id: string): Partial<T> {
  return JSON.parse(document.getElementById(id)?.textContent ?? '{}') as Partial<T>;
}

/** Replaces the messages; the page does it by bringing a block, tests by hand. */
export function speak(messages: Catalogue): void {
  catalogue = messages;
}

function find(source: string): string | string[] | undefined {
  catalogue ??= block<Catalogue>('messages') as Catalogue;
  return catalogue[source];
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text in the page's language; `{name}` is filled from `values`. */
export function _(source: string, values: Values = {}): string {
  const found = find(source);
  return fill(typeof found === 'string' ? found : source, values);
}

/** As `_`, choosing the form for `n` by the rules of the page's language; `{n}` is filled. */
export function ngettext(one: string, many: string, n: number, values: Values = {}): string {
  const found = find(one);
  const language = document.documentElement.lang || 'en';
  const category = new Intl.PluralRules(language).select(n);
  if (!Array.isArray(found)) return fill(n === 1 ? one : many, { n, ...values });
  const order = CATEGORIES[language.slice(0, 2)] ?? ['one', 'other'];
  const form = found[Math.max(0, order.indexOf(category))] ?? found.at(-1) ?? many;
  return fill(form, { n, ...values });
}
