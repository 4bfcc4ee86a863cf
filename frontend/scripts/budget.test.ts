/** What a first visit may weigh, gzipped, as the manifest of the last build says (`npm run build`). */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

type Chunk = { file: string; imports?: string[]; css?: string[]; isEntry?: boolean };

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8')) as Record<string, Chunk>;
const FONTS = /rubik-(hebrew|latin)-wght-normal/;
const K = 1024;

/** The files that an entry loads at once: its imports and styles, not what it imports later. */
function filesOf(key: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not built`);
  found.add(chunk.file);
  for (const css of chunk.css ?? []) found.add(css);
  for (const each of chunk.imports ?? []) filesOf(each, found);
  return found;
}

/** Fonts are compressed already and count as they are. */
function weight(...entries: string[]): number {
  const files = new Set(entries.flatMap((entry) => [...filesOf(entry)]));
  for (const { file } of Object.values(manifest)) if (FONTS.test(file)) files.add(file);
  return [...files].reduce((sum, file) => {
    const bytes = readFileSync(new URL(file, dist));
    return sum + (file.endsWith('.woff2') ? bytes.length : gzipSync(bytes).length);
  }, 0);
}

describe('first load, gzipped', () => {
  it.each([
    ['back office', 140, ['src/css-rtl.ts', 'src/shell.ts', 'src/charts.ts']],
    ['editor', 460, ['src/css-rtl.ts', 'src/shell.ts', 'src/editor/main.tsx']],
  ])('%s weighs at most %i K', (_name, limit, entries) => {
    expect(weight(...entries.filter((entry) => entry in manifest)) / K).toBeLessThanOrEqual(limit);
  });
});
