/** A rule as JSON, and the subset that the browser decides: groups and comparisons of answers.
 *
 * Lists, segments, consent and what somebody did are known only to the server; see `isDecidable`.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface FieldLeaf {
  readonly field: string;
  readonly op: string;
  readonly value?: Json;
}

export type Rule =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly not: Rule }
  | { readonly identified: boolean }
  | FieldLeaf
  | { readonly list: string | number }
  | { readonly segment: string }
  | { readonly consent: string }
  | { readonly did: string };

export interface Field {
  readonly key: string;
  readonly type: string;
}

/** `now` is an instant, `zone` the workspace's: its days are the rule's days. */
export interface Moment {
  readonly now: Date;
  readonly zone: string;
  readonly identified?: boolean;
}

/** Whether the browser can decide the rule: everything it asks is on the page. */
export function isDecidable(rule: Rule): boolean {
  if ('all' in rule) return rule.all.every(isDecidable);
  if ('any' in rule) return rule.any.every(isDecidable);
  if ('not' in rule) return isDecidable(rule.not);
  return 'field' in rule || 'identified' in rule;
}
