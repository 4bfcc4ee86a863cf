/** The setting `smart` of a block (FORMATS: changes), without the screen: starting values, cleaning, its sentence. */

import { t } from '../lib/i18n';

export type Value = string | number | boolean | string[];
export type Change = { field: string; do: string; value?: Value };
export type Smart = {
  add_to_lists?: string[];
  remove_from_lists?: string[];
  changes?: Change[];
  repeat?: 'once_per_message' | 'every_click';
  identify?: boolean;
  identify_days?: number;
};
export type SmartKind = { do: string; label: string; operand: 'value' | 'number' | 'choice' | 'day' | 'days' | 'field' | 'none'; fields?: readonly string[] };
export type SmartField = {
  key: string;
  label: string;
  type: string;
  choices: readonly { key: string; label: string }[];
  kinds: readonly SmartKind[];
};
export type SmartWords = {
  lists: readonly { key: string; label: string }[];
  fields: readonly SmartField[];
  longest_days: number;
};

/** Without what is empty; undefined when nothing is left, so that the block is an ordinary one again. */
export function cleaned(smart: Smart): Smart | undefined {
  const entries = Object.entries(smart).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false));
  const kept = Object.fromEntries(entries) as Smart;
  const acts = kept.add_to_lists ?? kept.remove_from_lists ?? kept.changes ?? kept.identify;
  return acts === undefined ? undefined : kept;
}

/** A step on this field that is ready to be used: what was wanted if it fits, else the likeliest. */
export function changeOf(field: SmartField, wanted?: string): Change {
  const likely = field.type === 'number' ? 'add' : 'set';
  const kind = field.kinds.find((one) => one.do === wanted) ?? field.kinds.find((one) => one.do === likely) ?? field.kinds[0];
  if (!kind) return { field: field.key, do: 'clear' };
  const value = startOf(field, kind);
  return { field: field.key, do: kind.do, ...(value === undefined ? {} : { value }) };
}

function startOf(field: SmartField, kind: SmartKind): Value | undefined {
  switch (kind.operand) {
    case 'none':
      return undefined;
    case 'number':
    case 'days':
      return 1;
    case 'choice':
      return field.choices[0]?.key ?? '';
    case 'day':
      return field.type === 'date' ? 'today' : 'now';
    case 'field':
      return kind.fields?.[0] ?? '';
    case 'value':
      return plainStart(field);
  }
}

function plainStart(field: SmartField): Value {
  if (field.type === 'number' || field.type === 'rating') return 1;
  if (field.type === 'yes_no') return true;
  if (field.type === 'choice') return field.choices[0]?.key ?? '';
  if (field.type === 'choices') return [field.choices[0]?.key ?? ''];
  return field.type === 'date' ? new Date().toISOString().slice(0, 10) : '';
}

/** Words of a person inside a sentence of ours, in their own direction. */
const isolated = (words: string): string => `\u2068${words}\u2069`;

/** What a click does, in words; "" when it does nothing to the contact. */
export function sentence(smart: Smart, words: SmartWords): string {
  const named = (keys: readonly string[] = []) => keys.map((key) => isolated(words.lists.find((list) => list.key === key)?.label ?? key)).join(', ');
  const said: string[] = [];
  if (smart.add_to_lists?.length) said.push(t('joins {lists}', { lists: named(smart.add_to_lists) }));
  if (smart.remove_from_lists?.length) said.push(t('leaves {lists}', { lists: named(smart.remove_from_lists) }));
  for (const change of smart.changes ?? []) said.push(inWords(change, words));
  return said.length ? t('Who clicks: {what}.', { what: said.join('; ') }) : '';
}

function inWords(change: Change, words: SmartWords): string {
  const field = words.fields.find(({ key }) => key === change.field);
  const name = isolated(field?.label ?? change.field);
  const value = isolated(shown(change, field, words));
  switch (change.do) {
    case 'add':
      return t('{field} + {value}', { field: name, value });
    case 'subtract':
      return t('{field} − {value}', { field: name, value });
    case 'multiply':
      return t('{field} × {value}', { field: name, value });
    case 'reset':
      return t('{field} back to 0', { field: name });
    case 'clear':
      return t('{field} is emptied', { field: name });
    case 'add_days':
      return t('{field} moves by {value} days', { field: name, value });
    default:
      return t('{field} becomes {value}', { field: name, value });
  }
}

function shown(change: Change, field: SmartField | undefined, words: SmartWords): string {
  const labels = new Map([...(field?.choices ?? []), ...(change.do === 'copy_from' ? words.fields : [])].map(({ key, label }) => [key, label]));
  const plain = (value: string | number): string => labels.get(String(value)) ?? String(value);
  if (typeof change.value === 'boolean') return change.value ? t('Yes') : t('No');
  if (Array.isArray(change.value)) return change.value.map(plain).join(', ');
  if (change.value === 'today') return t('today');
  if (change.value === 'now') return t('the moment of the click');
  return plain(change.value ?? '');
}
