/** What a condition can be about: what the first picker offers, and how a condition answers for it. */

import type { Choice, Field, Json, Kind, Operator, Rule, Vocabulary } from './contract';
import { isObject } from './tree';
import { t } from './words';

export type Option = {
  value: string;
  label: string;
  group?: string;
  /** More words by which it is found, divided by "|". */
  search?: string;
  hint?: string;
  hue?: string;
};

export const MESSAGE_KIND = /^message\./;

/** Everything that can be asked, in the order and groups of the picker. Archived fields are not offered. */
export function subjectsOf(words: Vocabulary): Option[] {
  return [
    ...words.fields
      .filter((field) => !field.archived && field.operators.length)
      .map((field) => option('field', field.key, field.label, t('Fields'), field.names)),
    ...words.lists.filter((list) => !list.is_all).map((list) => option('list', list.key, list.label, t('Lists'), [t('In the list')])),
    ...words.segments.map((one) => option('segment', one.key, one.label, t('Segments'), [t('In the segment')])),
    ...words.channels.map((one) =>
      option('consent', one.key, t('Agreed to {channel}', { channel: one.label }), t('Consent'), [one.key, 'consent']),
    ),
    ...words.kinds.map((kind) => option('did', kind.key, kind.label, t('What they did'), [kind.key, 'event'])),
    option('identified', 'true', t('The visitor is known'), t('On a page'), ['identified']),
  ];
}

const option = (form: string, key: string, label: string, group: string, names: readonly string[] = []): Option => ({
  value: `${form}:${key}`,
  label,
  group,
  hue: HUES[form] ?? 'slate',
  search: [key, ...names].join('|'),
});

export const HUES: Readonly<Record<string, string>> = {
  field: 'teal',
  list: 'moss',
  segment: 'plum',
  consent: 'amber',
  did: 'blue',
  identified: 'slate',
  unknown: 'coral',
};

/** A new condition about the subject, with a first operator and no value yet. */
export function blank(subject: string, words: Vocabulary): Rule {
  const [form = '', ...rest] = subject.split(':');
  const key = rest.join(':');
  if (form === 'identified') return { identified: true };
  if (form !== 'field') return { [form]: key };
  const field = words.fields.find((known) => known.key === key);
  const operator = field?.operators[0];
  return { field: key, op: operator?.op ?? 'is_set', ...startOf(operator, field) };
}

/** The value a fresh operator begins with: most begin empty, a few have an obvious one. */
export function startOf(operator: Operator | undefined, field?: Field): { value?: Json } {
  switch (operator?.editor) {
    case 'yes_no':
      return { value: true };
    case 'duration':
      return { value: 'P30D' };
    case 'month':
      return { value: 'this' };
    case 'month_day':
      return { value: 'today' };
    case 'choice':
      return field?.choices.length === 1 ? { value: field.choices[0]?.key ?? '' } : {};
    default:
      return {};
  }
}

/** What is kept of a value when the operator changes: whatever the new one takes as well. */
export function carried(value: Json | undefined, from: string, to: Operator, field?: Field): { value?: Json } {
  if (value === undefined || to.editor === 'none') return to.editor === 'none' ? {} : startOf(to, field);
  if (from === to.editor) return { value };
  if (to.editor === 'tags' && !Array.isArray(value)) return { value: [value] };
  if (from === 'tags' && Array.isArray(value) && ['text', 'choice'].includes(to.editor)) return { value: value[0] ?? null };
  if (to.editor === 'pair' && !Array.isArray(value) && ['number', 'date'].includes(from)) return { value: [value, value] };
  if (from === 'pair' && Array.isArray(value) && ['number', 'date'].includes(to.editor)) return { value: value[0] ?? null };
  return startOf(to, field);
}

export function fieldOf(json: Json, words: Vocabulary): Field | undefined {
  return isObject(json) ? words.fields.find((known) => known.key === json.field) : undefined;
}

export function kindOf(json: Json, words: Vocabulary): Kind | undefined {
  return isObject(json) ? words.kinds.find((known) => known.key === json.did) : undefined;
}

export const labelOf = (choices: readonly Choice[], key: Json | undefined): string | undefined =>
  choices.find((one) => one.key === key)?.label;

/** An entry of an event's data: declared, or of the type that its value shows. */
export function entryField(kind: Kind | undefined, key: string, entry: Json, words: Vocabulary): Field | undefined {
  const declared = kind?.data.find((known) => known.key === key);
  if (declared || !kind?.is_open) return declared;
  const value = isObject(entry) ? entry.value : entry;
  const sample = Array.isArray(value) ? value[0] : value;
  const type = typeof sample === 'boolean' ? 'yes_no' : typeof sample === 'number' ? 'number' : 'text';
  return { key, label: key, type, choices: [], operators: words.types[type] ?? [] };
}

const BARE: Readonly<Record<string, string>> = { choice: 'is', choices: 'any_of', yes_no: 'is', date: 'on', date_time: 'on' };

/** An entry as it is compared; a bare value means equals. */
export function spelled(entry: Json, field: Field | undefined): Rule {
  if (isObject(entry)) return entry;
  const op = BARE[field?.type ?? ''] ?? 'equals';
  return { op, value: op === 'any_of' && typeof entry === 'string' ? [entry] : entry };
}
