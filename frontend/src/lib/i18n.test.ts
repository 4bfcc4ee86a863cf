import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addDictionary, isModified, percent, plural, t } from './i18n';

const page = (lang: string) => vi.stubGlobal('document', { documentElement: { lang, dir: lang === 'he' ? 'rtl' : 'ltr' } });

addDictionary('he', { 'Saved {time}': 'נשמר {time}', 'One contact': 'איש קשר אחד', '{count} contacts': '{count} אנשי קשר' });

describe('t', () => {
  beforeEach(() => page('he'));

  it('translates and fills in', () => {
    expect(t('Saved {time}', { time: 'לפני רגע' })).toBe('נשמר לפני רגע');
  });

  it('answers English where a translation is missing', () => {
    expect(t('Not translated {n}', { n: 1200 })).toBe('Not translated 1,200');
  });

  it('leaves a placeholder without a value alone', () => {
    expect(t('Saved {time}')).toBe('נשמר {time}');
  });

  it('counts', () => {
    expect([plural(1, 'One contact', '{count} contacts'), plural(1200, 'One contact', '{count} contacts')]).toEqual([
      'איש קשר אחד',
      '1,200 אנשי קשר',
    ]);
  });

  it('speaks English on an English page', () => {
    page('en');
    expect(t('Saved {time}', { time: 'now' })).toBe('Saved now');
  });
});

describe('figures', () => {
  beforeEach(() => page('en'));

  it('writes a share, and a dash for a share of nothing', () => {
    expect([percent(384, 1000), percent(1, 0)]).toEqual(['38.4%', '–']);
  });
});

describe('isModified', () => {
  it('goes by the place of the key, so that it works on the Hebrew layout', () => {
    const hebrewZ = { key: 'ז', code: 'KeyZ', ctrlKey: true, metaKey: false };
    expect(isModified(hebrewZ, 'KeyZ')).toBe(true);
  });
});
