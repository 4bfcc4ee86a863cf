/** Days as `year * 10000 + month * 100 + day`, read and counted as the server does: see operators/days.py. */

import type { Moment } from './tree';

const DAY =
  '(?:[12][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))' +
  '|(?:[12][0-9](?:0[48]|[2468][048]|[13579][26])|(?:12|16|20|24|28)00)-02-29)';
const TIME = 'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])';
const IS_DAY = new RegExp(`^${DAY}$`);
const IS_INSTANT = new RegExp(`^${DAY}${TIME}$`);
const DURATION = /^P(?=[0-9])(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?$/;

export interface Duration {
  readonly months: number;
  readonly days: number;
}

export const monthOf = (day: number): number => Math.floor(day / 100) % 100;
/** Month × 100 + day. */
export const numberOf = (day: number): number => day % 10000;

function spelled(day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(day / 10000), monthOf(day) - 1, day % 100);
  return date;
}

const numbered = (date: Date): number =>
  date.getUTCFullYear() * 10000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();

/** The day of a stored value: of an instant the day it is in the zone. Null when it is neither. */
export function readDay(value: unknown, zone: string): number | null {
  if (typeof value !== 'string') return null;
  if (IS_DAY.test(value)) return Number(value.replaceAll('-', ''));
  return IS_INSTANT.test(value) ? dayIn(new Date(value), zone) : null;
}

export function dayIn(instant: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return Number(parts.format(instant).replaceAll('-', ''));
}

export const today = (moment: Moment): number => dayIn(moment.now, moment.zone);

/** A duration of whole days, or null. */
export function readDuration(text: unknown): Duration | null {
  const match = typeof text === 'string' ? DURATION.exec(text) : null;
  if (!match) return null;
  const [years, months, weeks, days] = [1, 2, 3, 4].map((group) => Number(match[group] ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return { months: 12 * years + months, days: 7 * weeks + days };
}

/** The day that long after (`sign` 1) or before (-1). A month before 31 March is the last of February. */
export function moved(day: number, duration: Duration, sign: 1 | -1): number {
  const month = Math.floor(day / 10000) * 12 + monthOf(day) - 1 + sign * duration.months;
  const [year, index] = [Math.floor(month / 12), ((month % 12) + 12) % 12];
  const last = new Date(Date.UTC(year, index + 1, 0)).getUTCDate();
  const date = new Date(0);
  date.setUTCFullYear(year, index, Math.min(day % 100, last) + sign * duration.days);
  return numbered(date);
}

/** The birthdays kept on a day: its own, and 29 February on the 28th of a common year. */
export function numbersOn(day: number): readonly number[] {
  const year = Math.floor(day / 10000);
  const isLeap = new Date(Date.UTC(year, 2, 0)).getUTCDate() === 29;
  return numberOf(day) === 228 && !isLeap ? [228, 229] : [numberOf(day)];
}

/** The birthdays kept from the first day to the last. */
export function numbersBetween(first: number, last: number): ReadonlySet<number> {
  const found = new Set<number>();
  const date = spelled(first);
  for (let step = 0; step <= 366 && numbered(date) <= last; step += 1) {
    for (const number of numbersOn(numbered(date))) found.add(number);
    date.setUTCDate(date.getUTCDate() + 1);
  }
  return found;
}

export function monthNumber(value: unknown, day: number): number {
  if (typeof value === 'number') return value;
  const step = value === 'next' ? 1 : value === 'last' ? -1 : 0;
  return ((monthOf(day) - 1 + step + 12) % 12) + 1;
}
