/** A rule as react-querybuilder's tree, and back without a loss.
 *
 * A condition keeps its JSON as it came in `value`, so that what nobody here understands comes out again.
 * `nots` counts the negations around a node; a `bare` root stands for a rule that is not in a group.
 */

import { generateID, type RuleGroupType, type RuleType } from 'react-querybuilder';
import type { Json, Rule } from './contract';

export type Condition = RuleType<string, string, Json> & { id: string; nots: number };
export type Group = Omit<RuleGroupType<RuleType, 'all' | 'any'>, 'rules' | 'combinator' | 'id'> & {
  id: string;
  combinator: 'all' | 'any';
  rules: Node[];
  nots: number;
  bare?: boolean;
};
export type Node = Condition | Group;

const FORMS = ['field', 'list', 'segment', 'consent', 'identified', 'did'] as const;
export type Form = (typeof FORMS)[number] | 'unknown';

export const isGroup = (node: Node): node is Group => 'rules' in node;
export const isObject = (json: unknown): json is Rule => typeof json === 'object' && json !== null && !Array.isArray(json);

const only = (json: Rule, key: string): boolean => Object.keys(json).length === 1 && key in json;

/** Anything that came from outside, also what is no rule at all, as a tree. */
export function fromRule(rule: Json | undefined): Group {
  const root = nodeOf(isObject(rule) && Object.keys(rule).length ? rule : { all: [] });
  return isGroup(root) ? root : { ...groupOf('all', [root]), bare: true };
}

export function nodeOf(json: Json): Node {
  let nots = 0;
  let inner = json;
  while (isObject(inner) && only(inner, 'not')) {
    inner = inner.not as Json;
    nots += 1;
  }
  for (const combinator of ['all', 'any'] as const) {
    const parts = isObject(inner) && only(inner, combinator) ? inner[combinator] : null;
    if (Array.isArray(parts)) return { ...groupOf(combinator, parts.map(nodeOf)), nots };
  }
  return { ...conditionOf(inner), nots };
}

export const groupOf = (combinator: 'all' | 'any', rules: Node[] = []): Group => ({ id: generateID(), combinator, rules, nots: 0 });

export function conditionOf(json: Json): Condition {
  const form = formOf(json);
  const operator = isObject(json) && typeof json.op === 'string' ? json.op : '';
  return { id: generateID(), field: form, operator, value: json, nots: 0 };
}

export const formOf = (json: Json): Form => (isObject(json) && FORMS.find((form) => form in json)) || 'unknown';

export function toRule(root: Group): Rule {
  const [first] = root.rules;
  const stands = root.bare && root.rules.length === 1 && first && !root.nots;
  return (stands ? jsonOf(first) : jsonOf(root)) as Rule;
}

export function jsonOf(node: Node): Json {
  let json: Json = isGroup(node) ? { [node.combinator]: node.rules.map(jsonOf) } : node.value;
  for (let left = node.nots; left > 0; left -= 1) json = { not: json };
  return json;
}

export const isNegated = (node: Node): boolean => node.nots % 2 === 1;

/** Where each node's own JSON lies in the rule, as the server names places: "all[1].not". */
export function placesOf(root: Group): Map<string, string> {
  const places = new Map<string, string>();
  const stands = root.bare && root.rules.length === 1 && !root.nots;
  const visit = (node: Node, path: string) => {
    const inner = [path, ...Array<string>(node.nots).fill('not')].filter(Boolean).join('.');
    places.set(node.id, inner);
    if (!isGroup(node)) return;
    const prefix = inner ? `${inner}.` : '';
    for (const [at, child] of node.rules.entries()) visit(child, `${prefix}${node.combinator}[${at}]`);
  };
  const [first] = root.rules;
  if (stands && first) visit(first, '');
  else visit(root, '');
  return places;
}

/** The node a problem belongs to: the innermost whose place its path begins with. The rest says what of it. */
export function nodeAt(places: ReadonlyMap<string, string>, path: string): { id: string; rest: string } | null {
  let found: { id: string; rest: string } | null = null;
  let longest = -1;
  for (const [id, place] of places) {
    const inside = place === '' || path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`);
    if (inside && place.length > longest) {
      longest = place.length;
      found = { id, rest: path.slice(place.length).replace(/^\./, '') };
    }
  }
  return found;
}

export function* walk(group: Group): Generator<Node> {
  for (const node of group.rules) {
    yield node;
    if (isGroup(node)) yield* walk(node);
  }
}
