import { describe, expect, it } from 'vitest';
import { linesNode, toLines } from './sms-lines';

describe('the lines of a text', () => {
  it.each(['', 'שלום', 'a\nb', 'a\n\nb\n', '[[first_name|חבר]] שלום\n[[city]]'])('come back as they went: %j', (text) => {
    expect(toLines(linesNode(text))).toBe(text);
  });
});
