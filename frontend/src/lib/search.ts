/** Finding by what people type: without niqqud, geresh, quotes and hyphens, in any case. */

const NIQQUD = /[\u0591-\u05C7]/g;
const QUOTES_AND_HYPHENS = /[\u05F3\u05F4'"`\u2018\u2019\u201C\u201D\u05BE\u2010-\u2015-]/g;

/** "דוּאַ״ל" → "דואל", "E-mail" → "email". */
export const normalise = (text: string): string =>
  text.normalize('NFC').toLowerCase().replace(QUOTES_AND_HYPHENS, '').replace(NIQQUD, '').replace(/\s+/g, ' ').trim();

/** Whether every typed word begins a word of the text (or, from three letters, is inside one). */
export function matches(text: string, typed: string): boolean {
  const words = normalise(text).split(' ');
  return normalise(typed)
    .split(' ')
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part) || (part.length > 2 && word.includes(part))));
}

/** Whether one of the names, divided by "|", begins with what was typed: such a find comes first. */
export const begins = (names: string, typed: string): boolean =>
  names.split('|').some((name) => normalise(name).startsWith(normalise(typed)));
