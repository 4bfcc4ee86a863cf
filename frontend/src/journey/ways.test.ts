import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { FieldWord, Step } from './contract';
import { answersOf, emptied, mannerOf, nextBand, readValues, recast, wordsOf } from './ways';

const STATUS: FieldWord = { key: 'status', label: 'Status', type: 'choice', choices: [{ key: 'won', label: 'Won' }, { key: 'lost', label: 'Lost' }] };
const split = (...branches: object[]): Step => ({ kind: 'split', branches: branches as never });

beforeAll(() => {
  vi.stubGlobal('document', { documentElement: { lang: 'en', dir: 'ltr' } });
});

describe('the manner of a split', () => {
  it('is read from its ways', () => {
    expect(mannerOf(split({ values: [] }))).toBe('values');
    expect(mannerOf(split({ between: [null, 5] }))).toBe('bands');
    expect(mannerOf(split({ rule: { list: 'vip' } }))).toBe('rules');
  });
  it('begins anew, but names and targets stay', () => {
    expect(recast(split({ label: 'a', to: 'end', values: [1] }), 'bands')).toEqual([{ label: 'a', to: 'end', between: [null, null] }]);
    expect(emptied({ rule: { list: 'vip' } }, 'values')).toEqual({ values: [] });
  });
});

it('begins the next band where the last one ends', () => {
  expect(nextBand([{ between: [1, 5] }])).toEqual([6, null]);
  expect(nextBand([{ between: [6, null] }])).toEqual([null, null]);
});

it('reads values between commas, numbers as numbers', () => {
  expect(readValues('חיפה, עכו,', 'text')).toEqual(['חיפה', 'עכו']);
  expect(readValues('1, 2.5, x', 'number')).toEqual([1, 2.5]);
});

it('offers the answers a field knows', () => {
  expect(answersOf(STATUS)?.map(({ value }) => value)).toEqual(['won', 'lost']);
  expect(answersOf({ ...STATUS, type: 'yes_no', choices: [] })?.map(({ value }) => value)).toEqual([true, false]);
  expect(answersOf({ ...STATUS, type: 'text', choices: [] })).toBeNull();
});

describe('the words on a way', () => {
  it.each([
    [{ label: 'Mine', values: ['won'] }, 'Mine'],
    [{ values: ['won', 'lost'] }, 'Won, Lost'],
    [{ between: [50, 60] }, '\u206650–60\u2069'],
    [{ between: [4, 4] }, '4'],
    [{ between: [null, 60] }, 'up to 60'],
    [{ between: [61, null] }, 'from 61'],
    [{ share: 40 }, '40%'],
    [{ values: [] }, ''],
  ])('%j: %s', (branch, words) => {
    expect(wordsOf(branch as never, STATUS)).toBe(words);
  });
});
