/** A rule over the answers on the page: shows and hides fields while a visitor types.
 *
 * The one business rule that lives in the browser too. It runs the cases of src/kesher/rules/cases, as SQL and
 * the server's memory do; the server decides again when the form is sent.
 */

import { compared } from './operators';
import type { Field, Moment, Rule } from './tree';

export type { Field, Moment, Rule } from './tree';
export { isDecidable } from './tree';

export class Undecidable extends Error {}

/** Whether the rule holds of the answers, by field key. Throws Undecidable: see isDecidable. */
export function evaluate(
  rule: Rule,
  answers: Readonly<Record<string, unknown>>,
  fields: ReadonlyMap<string, Field>,
  moment: Moment,
): boolean {
  if ('all' in rule) return rule.all.every((part) => evaluate(part, answers, fields, moment));
  if ('any' in rule) return rule.any.some((part) => evaluate(part, answers, fields, moment));
  if ('not' in rule) return !evaluate(rule.not, answers, fields, moment);
  if ('identified' in rule) return rule.identified === (moment.identified ?? false);
  if (!('field' in rule)) throw new Undecidable(JSON.stringify(rule));
  const field = fields.get(rule.field);
  if (!field) return false;
  const stored = Object.hasOwn(answers, rule.field) ? answers[rule.field] : undefined;
  return compared(field.type, rule.op, stored, rule.value, moment) ?? false;
}
