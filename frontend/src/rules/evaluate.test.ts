/** The shared cases, asked of the browser's evaluator. */

import { describe, expect, it } from 'vitest';
import { evaluate, type Field, isDecidable, type Rule, Undecidable } from './evaluate';
import { compared, TYPES } from './operators';

interface Case {
  readonly name: string;
  readonly rule: Rule;
  readonly contact: Readonly<Record<string, unknown>>;
  readonly expected: boolean;
  readonly now?: string;
  readonly identified?: boolean;
}

interface CaseFile {
  readonly cases?: readonly Case[];
  readonly fields?: readonly Field[];
}

const files = import.meta.glob<CaseFile>('../../../src/kesher/rules/cases/*.json', { eager: true, import: 'default' });
const all = Object.entries(files).flatMap(([path, file]) =>
  (file.cases ?? []).map((one) => ({ file: path.split('/').at(-1), case: one })),
);
const fields = new Map(
  Object.values(files)
    .flatMap((file) => file.fields ?? [])
    .map((field) => [field.key, field]),
);
const decidable = all.filter((one) => isDecidable(one.case.rule));
const moment = (one: Case) => ({
  now: new Date(one.now ?? '2026-11-17T08:00:00Z'),
  zone: 'Asia/Jerusalem',
  identified: one.identified ?? false,
});

describe('the shared cases', () => {
  it.each(decidable.map((one) => [`${one.file}: ${one.case.name}`, one.case] as const))('%s', (_name, one) => {
    expect(evaluate(one.rule, one.contact, fields, moment(one))).toBe(one.expected);
  });

  it('are decided for every operator of every type, both true and false', () => {
    const seen = new Map<string, Set<boolean>>();
    for (const { case: one } of decidable) {
      if (!('field' in one.rule)) continue;
      const key = `${fields.get(one.rule.field)?.type}.${one.rule.op}`;
      seen.set(key, (seen.get(key) ?? new Set()).add(one.expected));
    }
    const served = new Set(
      [...seen].filter(([, answers]) => answers.size === 2).map(([key]) => `${familyOf(key)}.${key.split('.')[1]}`),
    );
    const known = Object.entries(TYPES).flatMap(([type, family]) =>
      Object.keys(family.operators).map((op) => `${familyOf(type)}.${op}`),
    );
    expect(known.filter((key) => !served.has(key))).toEqual([]);
  });
});

const families = Object.values(TYPES);
const familyOf = (key: string): number => families.indexOf(TYPES[key.split('.')[0] ?? ''] as (typeof families)[number]);

it('knows every operator that a case uses', () => {
  const unknown = decidable.filter(
    ({ case: { rule } }) =>
      'field' in rule &&
      compared(fields.get(rule.field)?.type ?? '', rule.op, null, rule.value, moment({} as Case)) === null,
  );
  expect(unknown).toEqual([]);
});

it('leaves to the server what is not on the page', () => {
  const rule: Rule = { any: [{ list: 'vip' }] };
  expect(isDecidable(rule)).toBe(false);
  expect(() => evaluate(rule, {}, fields, moment({} as Case))).toThrow(Undecidable);
});

it('is not fooled by names that every object has', () => {
  const odd = new Map([['constructor', { key: 'constructor', type: 'text' }]]);
  expect(evaluate({ field: 'constructor', op: 'is_set' }, {}, odd, moment({} as Case))).toBe(false);
  expect(evaluate({ field: 'city', op: 'toString' }, { city: 'x' }, fields, moment({} as Case))).toBe(false);
});
