/** Anniversaries by the Hebrew calendar: the twin of src/kesher/lib/hebrew.py, which says the customs.
 *
 * Where a year begins is reckoned as everywhere since Hillel: the mean conjunction, and the four postponements.
 */

const LONGEST_MEMORY = 150;
const EPOCH = 1373428 + 719163; // from pyluach's count of days to days since 1970
const ADAR_1 = 5;
const ADAR = 6;

/** `month` counts from Tishrei, 0, with a place for the first Adar in every year. */
interface HebrewDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const isLeap = (year: number): boolean => (7 * year + 1) % 19 < 7;

/** 1 Tishrei in days since 1970. */
function newYear(year: number): number {
  const months = Math.floor((235 * year - 234) / 19);
  const parts = 204 + 793 * (months % 1080);
  const hours = 5 + 12 * months + 793 * Math.floor(months / 1080) + Math.floor(parts / 1080);
  const day = 1 + 29 * months + Math.floor(hours / 24);
  const rest = 1080 * (hours % 24) + (parts % 1080);
  const isLate =
    rest >= 19440 || (day % 7 === 2 && rest >= 9924 && !isLeap(year)) || (day % 7 === 1 && rest >= 16789 && isLeap(year - 1));
  const found = isLate ? day + 1 : day;
  return ([0, 3, 5].includes(found % 7) ? found + 1 : found) - EPOCH;
}

/** How long the months of a year are; a plain year's first Adar has no day. */
function lengths(year: number): readonly number[] {
  const total = (newYear(year + 1) - newYear(year)) % 10;
  return [30, total === 5 ? 30 : 29, total === 3 ? 29 : 30, 29, 30, isLeap(year) ? 30 : 0, 29, 30, 29, 30, 29, 30, 29];
}

const since = (day: number): number =>
  Date.UTC(Math.floor(day / 10000), (Math.floor(day / 100) % 100) - 1, day % 100) / 86_400_000;

function hebrewOf(days: number): HebrewDay {
  let year = new Date(days * 86_400_000).getUTCFullYear() + 3760;
  if (days >= newYear(year + 1)) year += 1;
  let rest = days - newYear(year);
  const months = lengths(year);
  const month = months.findIndex((length) => {
    if (rest < length) return true;
    rest -= length;
    return false;
  });
  return { year, month, day: rest + 1 };
}

/** In days since 1970; a 30th that the month lacks is the first of the next. */
function kept(born: HebrewDay, year: number): number {
  const month = born.month === ADAR_1 && !isLeap(year) ? ADAR : born.month;
  const before = lengths(year).slice(0, month);
  return newYear(year) + before.reduce((sum, length) => sum + length, 0) + born.day - 1;
}

/** Whether a day's Hebrew anniversary falls between two others, both ends included; `eve`: it was after sunset. */
export function isKept(day: number, first: number, last: number, eve = false): boolean {
  const born = hebrewOf(since(day) + (eve ? 1 : 0));
  const [from, to] = [since(first), since(last)];
  const years = [hebrewOf(from).year, hebrewOf(to).year, hebrewOf(to).year - 1];
  return years.some((year) => {
    const at = kept(born, year);
    return year >= born.year && year - born.year <= LONGEST_MEMORY && at >= from && at <= to;
  });
}
