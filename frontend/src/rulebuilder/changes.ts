/** Changes of the tree, by the ids of its nodes: react-querybuilder's own tools do the work. */

import {
  add,
  findPath,
  generateID,
  getParentPath,
  getPathOfID,
  insert,
  move,
  type Path,
  type RuleGroupType,
  remove,
  update,
} from 'react-querybuilder';
import type { Json } from './contract';
import { conditionOf, type Group, groupOf, isGroup, type Node } from './tree';

// The tools speak of their own looser types; what goes in comes out.
type Loose = RuleGroupType;
const loose = (root: Group): Loose => root as unknown as Loose;
const ours = (root: Loose): Group => root as unknown as Group;

export const pathOf = (root: Group, id: string): Path | null => getPathOfID(id, loose(root));
export const at = (root: Group, path: Path): Node | null => findPath(path, loose(root)) as unknown as Node | null;
export const find = (root: Group, id: string): Node | null => {
  const path = pathOf(root, id);
  return path && at(root, path);
};

function with_(root: Group, id: string, change: (path: Path) => Loose): Group {
  const path = pathOf(root, id);
  return path ? ours(change(path)) : root;
}

export const setValue = (root: Group, id: string, json: Json, nots?: number): Group => {
  const next = with_(root, id, (path) => update(loose(root), 'value', json, path));
  return nots === undefined ? next : setNots(next, id, nots);
};

export const setNots = (root: Group, id: string, nots: number): Group =>
  with_(root, id, (path) => update(loose(root), 'nots' as 'value', nots, path));

/** Another subject: the condition keeps its place and its id, so that the keyboard stays where it was. */
export function replaceWith(root: Group, id: string, json: Json): Group {
  const fresh = conditionOf(json);
  const swap = (group: Group): Group => ({
    ...group,
    rules: group.rules.map((node) => (node.id === id ? { ...fresh, id } : isGroup(node) ? swap(node) : node)),
  });
  return swap(root);
}

export const setJoin = (root: Group, id: string, combinator: 'all' | 'any', nots: number): Group => {
  const next = with_(root, id, (path) => update(loose(root), 'combinator', combinator, path));
  return setNots(unbared(next, id), id, nots);
};

/** A root that was a single condition becomes a group as soon as it is treated as one. */
function unbared(root: Group, id: string): Group {
  return root.id === id && root.bare ? { ...root, bare: false } : root;
}

export const addTo = (root: Group, parent: string, node: Node): Group =>
  with_(root, parent, (path) => add(loose(root), node as never, path));

export const removeNode = (root: Group, id: string): Group => with_(root, id, (path) => remove(loose(root), path));

/** One step along what is seen, into and out of groups. The same tree at the edge. */
export function step(root: Group, id: string, by: 1 | -1): Group {
  const path = pathOf(root, id);
  return path ? ours(move(loose(root), path, by < 0 ? 'up' : 'down')) : root;
}

/** A place among the parts of a group, counted with what is to go there where it is now. */
export type Place = { parent: string; index: number };

/** Whether it can go there, and would then stand elsewhere. A group does not go into itself. */
export function isMove(root: Group, id: string, { parent, index }: Place): boolean {
  const from = pathOf(root, id);
  const to = pathOf(root, parent);
  const group = to && at(root, to);
  if (!from?.length || !to || !group || !isGroup(group) || index < 0 || index > group.rules.length) return false;
  if (from.every((step, depth) => to[depth] === step)) return false;
  const isHome = from.length === to.length + 1 && to.every((step, depth) => from[depth] === step);
  const old = from.at(-1) ?? 0;
  return !isHome || (index !== old && index !== old + 1);
}

/** The node at the place; what it meant stays with it. The same tree where that is no move. */
export function moveTo(root: Group, id: string, place: Place): Group {
  const node = find(root, id);
  if (!node || !isMove(root, id, place)) return root;
  const rebuilt = (group: Group): Group => {
    const rules = group.rules.flatMap((one, index) => {
      const kept = one.id === id ? [] : [isGroup(one) ? rebuilt(one) : one];
      return group.id === place.parent && index === place.index ? [node, ...kept] : kept;
    });
    return { ...group, rules: group.id === place.parent && place.index === group.rules.length ? [...rules, node] : rules };
  };
  return unbared(rebuilt(root), root.id);
}

export function insertAfter(root: Group, id: string, node: Node): Group {
  const path = pathOf(root, id);
  if (!path?.length) return root;
  const last = path.at(-1) ?? 0;
  return ours(insert(loose(root), node as never, [...getParentPath(path), last + 1]));
}

export function copyOf(node: Node): Node {
  const copy = structuredClone(node);
  const renew = (one: Node): Node =>
    isGroup(one) ? { ...one, id: generateID(), rules: one.rules.map(renew) } : { ...one, id: generateID() };
  return renew(copy);
}

/** The condition alone in a group of its own, to which others can be added. */
export function wrap(root: Group, id: string, combinator: 'all' | 'any'): Group {
  const swap = (group: Group): Group => ({
    ...group,
    rules: group.rules.map((node) => (node.id === id ? groupOf(combinator, [node]) : isGroup(node) ? swap(node) : node)),
  });
  return swap(root);
}

/** The group's conditions take its place; only where that means the same. */
export function unwrap(root: Group, id: string): Group {
  const lift = (group: Group): Group => ({
    ...group,
    rules: group.rules.flatMap((node) => (!isGroup(node) ? [node] : node.id === id ? node.rules : [lift(node)])),
  });
  return lift(root);
}

export function canUnwrap(root: Group, id: string): boolean {
  const path = pathOf(root, id);
  if (!path?.length) return false;
  const group = at(root, path);
  const parent = at(root, getParentPath(path));
  if (!group || !isGroup(group) || !parent || !isGroup(parent) || group.nots) return false;
  return group.rules.length === 1 || group.combinator === parent.combinator;
}
