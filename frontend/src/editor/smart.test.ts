import { describe, expect, it, vi } from 'vitest';
import { changeOf, cleaned, type SmartWords, sentence } from './smart';

vi.stubGlobal('document', { documentElement: { lang: 'en', dir: 'ltr' } });

const points = {
  key: 'points',
  label: 'Points',
  type: 'number',
  choices: [],
  kinds: [
    { do: 'set', label: 'set to', operand: 'value' },
    { do: 'add', label: 'add', operand: 'number' },
    { do: 'reset', label: 'reset', operand: 'none' },
  ],
} as const;
const colour = {
  key: 'colour',
  label: 'Colour',
  type: 'choice',
  choices: [{ key: 'red', label: 'Red' }],
  kinds: [{ do: 'set', label: 'set to', operand: 'value' }],
} as const;
const words: SmartWords = { lists: [{ key: 'vip', label: 'VIPs' }], fields: [points, colour], longest_days: 365 };

describe('a smart link', () => {
  it('starts with what is likely to be wanted', () => {
    expect(changeOf(points)).toEqual({ field: 'points', do: 'add', value: 1 });
    expect(changeOf(points, 'reset')).toEqual({ field: 'points', do: 'reset' });
    expect(changeOf(colour, 'add')).toEqual({ field: 'colour', do: 'set', value: 'red' });
  });

  it('is no setting at all once it does nothing', () => {
    expect(cleaned({ add_to_lists: [], repeat: 'every_click' })).toBeUndefined();
    expect(cleaned({ add_to_lists: ['vip'], changes: [], identify: false })).toEqual({ add_to_lists: ['vip'] });
    expect(cleaned({ identify: true })).toEqual({ identify: true });
  });

  it('says itself', () => {
    const smart = { add_to_lists: ['vip'], changes: [changeOf(points), changeOf(colour)] };
    expect(sentence(smart, words).replace(/[\u2068\u2069]/g, '')).toBe('Who clicks: joins VIPs; Points + 1; Colour becomes Red.');
    expect(sentence({ identify: true }, words)).toBe('');
  });
});
