/** The ways of a split by value, by bands or by conditions, without the screen: their kind, their words, their values. Pure. */

import { number, t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import type { Branch, FieldWord, Step } from './contract';
import { branchesOf } from './model';

export type Manner = 'values' | 'bands' | 'rules';
export const NUMBERS: readonly string[] = ['number', 'rating'];
export const VALUES: readonly string[] = ['choice', 'choices', 'yes_no', 'text', 'number', 'rating', 'email', 'phone', 'url'];

export function mannerOf(step: Step): Manner {
  const branches = branchesOf(step);
  if (branches.some(({ rule }) => rule)) return 'rules';
  return branches.some(({ between }) => between) ? 'bands' : 'values';
}

/** A way of this manner that says nothing yet; its name and where it leads stay. */
export function emptied(branch: Branch, manner: Manner): Branch {
  const { values: _v, between: _b, rule: _r, ...rest } = branch;
  if (manner === 'values') return { ...rest, values: [] };
  return manner === 'bands' ? { ...rest, between: [null, null] } : { ...rest, rule: { all: [] } };
}

/** Another field or manner: the ways stay, what they ask begins anew. */
export const recast = (step: Step, manner: Manner): Branch[] => branchesOf(step).map((branch) => emptied(branch, manner));

/** The next band begins where the last one ends. */
export function nextBand(branches: readonly Branch[]): Json[] {
  const end = branches.at(-1)?.between?.[1];
  return typeof end === 'number' ? [end + 1, null] : [null, null];
}

/** What is typed between commas, as values of the field. */
export function readValues(text: string, type: string): Json[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  if (!NUMBERS.includes(type)) return parts;
  return parts.map(Number).filter((value) => Number.isFinite(value));
}

/** Answers that the field knows by name; null where any may be typed. */
export function answersOf(field: FieldWord | undefined): { value: Json; label: string }[] | null {
  if (field?.type === 'yes_no') return [{ value: true, label: t('Yes') }, { value: false, label: t('No') }];
  return field?.choices.length ? field.choices.map(({ key, label }) => ({ value: key, label })) : null;
}

/** What stands on a way: its name, else what it asks; "" when only the server can say it. */
export function wordsOf(branch: Branch | undefined, field: FieldWord | undefined): string {
  if (!branch) return '';
  if (branch.label) return branch.label;
  if (branch.values?.length) {
    const known = answersOf(field);
    return branch.values.map((value) => known?.find((one) => one.value === value)?.label ?? String(value)).join(', ');
  }
  if (branch.between) return bandWords(branch.between);
  return branch.share === undefined ? '' : `${branch.share}%`;
}

function bandWords([low, high]: readonly Json[]): string {
  const isLow = typeof low === 'number';
  const isHigh = typeof high === 'number';
  // Numbers run from left to right also in a Hebrew line, and stay together.
  if (isLow && isHigh) return low === high ? number(low) : `\u2066${number(low)}–${number(high)}\u2069`;
  if (isLow) return t('from {number}', { number: low });
  return isHigh ? t('up to {number}', { number: high }) : '';
}
