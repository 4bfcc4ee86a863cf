import { expect, test } from 'vitest';
import he from './he.json';

const sources = import.meta.glob<string>('./*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
const QUOTED = /\b(?:t|plural)\(\s*(?:[\w.]+,\s*)?((?:'[^']+'(?:,\s*)?)+)/g;

function wordsOf(source: string): string[] {
  return [...source.matchAll(QUOTED)].flatMap((call) => [...(call[1] ?? '').matchAll(/'([^']+)'/g)].map((word) => word[1] ?? ''));
}

test('every sentence of the builder is said in Hebrew, with the same values in it', () => {
  const spoken = Object.entries(sources).filter(([name]) => !name.includes('.test.'));
  const words = new Set(spoken.flatMap(([, source]) => wordsOf(source)));
  const dictionary: Record<string, string> = he;
  const values = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();

  expect(words.size).toBeGreaterThan(100);
  expect([...words].filter((word) => !dictionary[word])).toEqual([]);
  for (const word of words) {
    if (word.includes('{')) expect(values(dictionary[word] ?? '')).toEqual(values(word));
  }
});
