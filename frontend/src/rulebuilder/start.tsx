/** The builder over a hidden input: what is made goes into the form. Loaded when a page has such a place. */

import { createRoot, type Root } from 'react-dom/client';
import { RuleBuilder } from './builder';
import type { Rule, Urls } from './contract';

export function start(place: HTMLElement, input: HTMLInputElement, urls: Urls, label: string | undefined, noun: 'contact' | 'block'): Root {
  const root = createRoot(place);
  const value = read(input.value);
  const onChange = (rule: Rule) => {
    input.value = JSON.stringify(rule);
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  root.render(<RuleBuilder value={value} onChange={onChange} urls={urls} label={label} noun={noun} />);
  return root;
}

function read(text: string): Rule | null {
  try {
    return JSON.parse(text || 'null') as Rule | null;
  } catch {
    return null;
  }
}
