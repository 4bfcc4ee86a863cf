import { describe, expect, it } from 'vitest';
import { matches, normalise } from './search';

describe('normalise', () => {
  it.each([
    ['דוּאַ״ל', 'דואל'],
    ["צ'ק־ליסט", 'צקליסט'],
    ['צ׳ק ליסט', 'צק ליסט'],
    ['E-mail', 'email'],
    ['  Two   words ', 'two words'],
  ])('%s is found as %s', (text, found) => {
    expect(normalise(text)).toBe(found);
  });
});

describe('matches', () => {
  it.each([
    ['אנשי קשר Contacts people', 'קשר', true],
    ['אנשי קשר Contacts people', 'cont', true],
    ['אנשי קשר Contacts people', 'קשר אנ', true],
    ['שליחת דוא״ל', 'דואל', true],
    ['שליחת דוא״ל', 'דוא"ל', true],
    ['רשימות Lists', 'ימות', true],
    ['רשימות Lists', 'ות', false],
    ['רשימות Lists', 'קמפיין', false],
    ['anything', '', true],
  ])('%s / %s → %s', (text, typed, expected) => {
    expect(matches(text, typed)).toBe(expected);
  });
});
