/** Translations of the islands. Source strings are English; each island brings its own `he.json`.
 *
 * `t('Saved {time}', { time })` looks the English sentence up in the dictionary of the page's language.
 * Server-rendered words go through gettext instead.
 */

export type Dictionary = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, string | number>>;

export const language = (): string => document.documentElement.lang || 'he';
export const isRtl = (): boolean => document.documentElement.dir === 'rtl';

const dictionaries = new Map<string, Map<string, string>>();

/** Add an island's dictionary: `addDictionary('he', he)`, once, where the island starts. */
export function addDictionary(forLanguage: string, entries: Dictionary): void {
  const known = dictionaries.get(forLanguage) ?? new Map<string, string>();
  for (const [source, translated] of Object.entries(entries)) known.set(source, translated);
  dictionaries.set(forLanguage, known);
}

/** The sentence in the page's language, with `{name}` replaced; English where there is no translation. */
export function t(source: string, values: Values = {}): string {
  const sentence = dictionaries.get(language())?.get(source) ?? source;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value) : value;
  });
}

/** `plural(count, 'One contact', '{count} contacts')`: both sentences are looked up. */
export function plural(count: number, one: string, many: string, values: Values = {}): string {
  return t(count === 1 ? one : many, { ...values, count });
}

export const number = (value: number): string => new Intl.NumberFormat(`${language()}-IL`).format(value);

export function percent(part: number, whole: number): string {
  if (!whole) return '–';
  return new Intl.NumberFormat(`${language()}-IL`, { style: 'percent', maximumFractionDigits: 1 }).format(part / whole);
}

export function date(value: string | Date, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }): string {
  return new Intl.DateTimeFormat(`${language()}-IL`, options).format(new Date(value));
}

/** Letter shortcuts test `code`: on the Hebrew layout `key` of Ctrl+Z is "ז". */
export const isModified = (
  event: Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey'>,
  code: string,
): boolean => (event.ctrlKey || event.metaKey) && event.code === code;
