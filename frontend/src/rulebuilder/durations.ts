/** ISO 8601 durations of one unit, as people set them: a number and a word. */

export const UNITS = ['hours', 'days', 'weeks', 'months', 'years'] as const;
export type Unit = (typeof UNITS)[number];

const SIMPLE = /^P(?:(\d+)([DWMY])|T(\d+)H)$/;
const UNIT_OF: Readonly<Record<string, Unit>> = { D: 'days', W: 'weeks', M: 'months', Y: 'years' };
const LETTER: Readonly<Record<Unit, string>> = { hours: 'H', days: 'D', weeks: 'W', months: 'M', years: 'Y' };

/** Null for what is put together of several units: it stays as it is written. */
export function readDuration(text: unknown): { count: number; unit: Unit } | null {
  const found = typeof text === 'string' ? SIMPLE.exec(text) : null;
  if (!found) return null;
  if (found[3]) return { count: Number(found[3]), unit: 'hours' };
  const unit = UNIT_OF[found[2] ?? ''];
  return unit ? { count: Number(found[1]), unit } : null;
}

export const writeDuration = (count: number, unit: Unit): string => `P${unit === 'hours' ? 'T' : ''}${count}${LETTER[unit]}`;
