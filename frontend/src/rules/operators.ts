/** The operators by the family of types they compare: the twin of src/kesher/rules/operators/.
 *
 * A family reads a stored value into a typed one, or into null when it is missing or of another type; an
 * operator is asked only about typed values.
 */

import { moved, monthNumber, monthOf, numberOf, numbersBetween, numbersOn, readDay, readDuration, today } from './days';
import { isKept } from './hebrew';
import type { Json, Moment } from './tree';

type Test<Typed> = (typed: Typed, value: Json | undefined, moment: Moment) => boolean;

export interface Family<Typed> {
  readonly read: (value: unknown, moment: Moment) => Typed | null;
  readonly operators: Readonly<Record<string, Test<Typed>>>;
}

/** NFC, then lower case letter by letter: no final sigma, and İ becomes i. See folding.py. */
export function folded(text: string): string {
  return Array.from(text.normalize('NFC'), (letter) => (letter === 'İ' ? 'i' : letter.toLowerCase())).join('');
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const word = (value: Json | undefined): string => folded(String(value));

const text: Family<string> = {
  read: (value) => (typeof value === 'string' ? folded(value) || null : null),
  operators: {
    equals: (typed, value) => typed === word(value),
    one_of: (typed, value) => list(value).some((one) => typed === word(one)),
    contains: (typed, value) => typed.includes(word(value)),
    starts_with: (typed, value) => typed.startsWith(word(value)),
    ends_with: (typed, value) => typed.endsWith(word(value)),
  },
};

const BETWEEN_DIGITS = /[\s().\-\u2010-\u2015]/g;
const COUNTRY = '+972';

/** As people write phones (050-123 4567, 00972 50…) into what is stored, E.164. See operators/text.py. */
function dialled(value: Json | undefined, zero: string | null): string {
  const written = String(value);
  const tidy = written.replace(BETWEEN_DIGITS, '');
  if (zero === null || tidy === '') return folded(tidy || written);
  if (tidy.startsWith('00')) return folded(`+${tidy.slice(2)}`);
  return folded((tidy.startsWith('0') ? zero + tidy.slice(1) : tidy) || written);
}

const phone: Family<string> = {
  read: text.read,
  operators: {
    equals: (typed, value) => typed === dialled(value, COUNTRY),
    one_of: (typed, value) => list(value).some((one) => typed === dialled(one, COUNTRY)),
    contains: (typed, value) => typed.includes(dialled(value, '')),
    starts_with: (typed, value) => typed.startsWith(dialled(value, COUNTRY)),
    ends_with: (typed, value) => typed.endsWith(dialled(value, null)),
  },
};

const number: Family<number> = {
  read: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null),
  operators: {
    equals: (typed, value) => typed === value,
    gt: (typed, value) => typed > Number(value),
    gte: (typed, value) => typed >= Number(value),
    lt: (typed, value) => typed < Number(value),
    lte: (typed, value) => typed <= Number(value),
    between: (typed, value) => typed >= Number(list(value)[0]) && typed <= Number(list(value)[1]),
  },
};

const day = (value: Json | undefined, moment: Moment): number =>
  value === 'today' ? today(moment) : (readDay(value, moment.zone) ?? Number.NaN);

/** The day that is as long after today as the value says, or before. */
function away(value: Json | undefined, moment: Moment, sign: 1 | -1): number {
  const duration = readDuration(value);
  return duration ? moved(today(moment), duration, sign) : Number.NaN;
}

const date: Family<number> = {
  read: (value, moment) => readDay(value, moment.zone),
  operators: {
    on: (typed, value, moment) => typed === day(value, moment),
    before: (typed, value, moment) => typed < day(value, moment),
    after: (typed, value, moment) => typed > day(value, moment),
    between: (typed, value, moment) =>
      typed >= day(list(value)[0], moment) && typed <= day(list(value)[1], moment),
    in_last: (typed, value, moment) => typed <= today(moment) && typed >= away(value, moment, -1),
    in_next: (typed, value, moment) => typed >= today(moment) && typed <= away(value, moment, 1),
    day_is: (typed, value, moment) =>
      value === 'today'
        ? numbersOn(today(moment)).includes(numberOf(typed))
        : numberOf(typed) === Number(String(value).replace('-', '')),
    month_is: (typed, value, moment) => monthOf(typed) === monthNumber(value, today(moment)),
    anniversary_in: (typed, value, moment) =>
      numbersBetween(today(moment), away(value, moment, 1)).has(numberOf(typed)),
    hebrew_on: (typed, value, moment) => isKept(typed, day(value, moment), day(value, moment)),
    hebrew_eve_on: (typed, value, moment) => isKept(typed, day(value, moment), day(value, moment), true),
    hebrew_in: (typed, value, moment) => isKept(typed, today(moment), away(value, moment, 1)),
  },
};

const choice: Family<string> = {
  read: (value) => (typeof value === 'string' ? value || null : null),
  operators: {
    is: (typed, value) => typed === value,
    one_of: (typed, value) => list(value).includes(typed),
  },
};

const choices: Family<ReadonlySet<Json>> = {
  read: (value) => {
    const keys = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
    return keys.length > 0 ? new Set(keys) : null;
  },
  operators: {
    any_of: (typed, value) => list(value).some((one) => typed.has(one)),
    all_of: (typed, value) => list(value).every((one) => typed.has(one)),
  },
};

const yesNo: Family<boolean> = {
  read: (value) => (typeof value === 'boolean' ? value : null),
  operators: { is: (typed, value) => typed === value },
};

const opaque: Family<string> = { ...choice, operators: {} };

const families = { text, phone, number, date, choice, choices, yesNo, opaque };
type AnyFamily = (typeof families)[keyof typeof families];

export const TYPES: Readonly<Record<string, AnyFamily>> = {
  text,
  long_text: text,
  email: text,
  phone,
  url: text,
  number,
  rating: number,
  date,
  date_time: date,
  choice,
  choices,
  yes_no: yesNo,
  signature: opaque,
};

/** Whether the operator holds of the stored value; null when the type has no such operator. */
export function compared(type: string, op: string, stored: unknown, value: Json | undefined, moment: Moment): boolean | null {
  const family = TYPES[type] as Family<unknown> | undefined;
  if (!family) return null;
  const typed = family.read(stored, moment);
  if (op === 'is_set') return typed !== null;
  const test = Object.hasOwn(family.operators, op) ? family.operators[op] : undefined;
  if (!test) return null;
  return typed !== null && test(typed, value, moment);
}
