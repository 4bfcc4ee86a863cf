/** Where everything stands: start to end, ways side by side in their order, a meeting centred under where they parted.
 *
 * A way that leads back, or nowhere, ends in a small leaf of its own. Mirrored for right to left. Pure.
 */

import type { Graph } from './contract';
import { type Kinds, portsOf, START, targetOf, type Way } from './model';

export const WIDTH = 248;
export const HEIGHTS = { start: 104, step: 104, exit: 44, leaf: 34 } as const;
const GAP = { x: 44, y: 58, fork: 96, empty: 150 } as const;

export type Place = {
  id: string;
  kind: keyof typeof HEIGHTS;
  x: number;
  y: number;
  /** Of a leaf: the step that the way leads back to, or null where it leaves the journey. */
  goesTo?: string | null;
};
/** `last`: of all that meet at a step, the one that draws what they share. */
export type Line = Way & { id: string; to: string; lane: number; parts: boolean; meets: boolean; last: boolean };
export type Drawing = { places: Place[]; lines: Line[] };
type Link = Way & { id: string; to: string };

class Tree {
  readonly out = new Map<string, Link[]>();
  readonly into = new Map<string, Link[]>();
  readonly kind = new Map<string, Place['kind']>();
  readonly leaves = new Map<string, string | null>();
  readonly roots: string[] = [];

  constructor(graph: Graph, kinds: Kinds) {
    this.kind.set(START, 'start');
    const done = new Set<string>();
    this.follow(graph, kinds, START, done, new Set());
    for (const key of Object.keys(graph.nodes)) if (!done.has(key)) this.follow(graph, kinds, key, done, new Set());
  }

  private follow(graph: Graph, kinds: Kinds, root: string, done: Set<string>, above: Set<string>): void {
    const earlier = new Set(done);
    this.roots.push(root);
    const visit = (key: string): void => {
      above.add(key);
      done.add(key);
      const step = graph.nodes[key];
      if (step) this.kind.set(key, step.kind === 'exit' ? 'exit' : 'step');
      const links: Link[] = [];
      this.out.set(key, links);
      for (const port of key === START ? ['next'] : step ? portsOf(step, kinds) : []) {
        const id = `${key}.${port}`;
        const to = targetOf(graph, { from: key, port });
        const isDrawn = to !== null && graph.nodes[to] !== undefined && !above.has(to) && !earlier.has(to);
        const target = isDrawn ? to : `~${id}`;
        if (!isDrawn) {
          this.kind.set(target, 'leaf');
          this.leaves.set(target, to);
        }
        links.push({ from: key, port, id, to: target });
        this.into.set(target, [...(this.into.get(target) ?? []), links.at(-1) as Link]);
        if (isDrawn && !done.has(target)) visit(target);
      }
      above.delete(key);
    };
    visit(root);
  }

  outOf = (key: string): Link[] => this.out.get(key) ?? [];
  intoOf = (key: string): Link[] => this.into.get(key) ?? [];
  height = (key: string): number => HEIGHTS[this.kind.get(key) ?? 'step'];

  /** Each after all that lead to it. */
  order(): string[] {
    const waiting = new Map([...this.kind.keys()].map((key) => [key, this.intoOf(key).length]));
    const ready = [...this.roots].reverse();
    const found: string[] = [];
    for (let key = ready.pop(); key !== undefined; key = ready.pop()) {
      found.push(key);
      for (const { to } of [...this.outOf(key)].reverse()) {
        const left = (waiting.get(to) ?? 1) - 1;
        waiting.set(to, left);
        if (left === 0) ready.push(to);
      }
    }
    return found;
  }
}

/** For each step where ways meet: the step at which they parted (its immediate dominator). */
function meetings(tree: Tree, order: readonly string[]): Map<string, string[]> {
  const rank = new Map(order.map((key, at) => [key, at]));
  const above = new Map<string, string>();
  const found = new Map<string, string[]>();
  for (const key of order) {
    const sources = tree.intoOf(key).map(({ from }) => from);
    let parted = sources[0];
    for (const other of sources.slice(1)) {
      let [one, two]: [string | undefined, string | undefined] = [parted, other];
      while (one !== two && one !== undefined && two !== undefined) {
        if ((rank.get(one) ?? 0) > (rank.get(two) ?? 0)) one = above.get(one);
        else two = above.get(two);
      }
      parted = one ?? two;
    }
    if (parted === undefined) continue;
    above.set(key, parted);
    if (sources.length > 1) found.set(parted, [...(found.get(parted) ?? []), key]);
  }
  return found;
}

/** All of a graph that its drawing depends on: while it is the same, nothing moves, whatever is written in the steps. */
export const shapeOf = (graph: Graph, kinds: Kinds): string =>
  JSON.stringify([graph.start, Object.entries(graph.nodes).map(([key, step]) => [key, step.kind, portsOf(step, kinds).map((port) => [port, targetOf(graph, { from: key, port })])])]);

export function layout(graph: Graph, kinds: Kinds, rtl: boolean): Drawing {
  const tree = new Tree(graph, kinds);
  const order = tree.order();
  const meet = meetings(tree, order);
  const widths = new Map<string, number>();
  const owns = ({ to }: Link) => tree.intoOf(to).length === 1;
  const laneOf = (link: Link, among: number): number => (owns(link) ? width(link.to) : among > 1 ? GAP.empty : 0);
  const rowOf = (links: readonly Link[]): number =>
    links.reduce((sum, link) => sum + laneOf(link, links.length), 0) + GAP.x * Math.max(0, links.length - 1);
  function width(key: string): number {
    const known = widths.get(key);
    if (known !== undefined) return known;
    const own = tree.kind.get(key) === 'leaf' ? 170 : WIDTH;
    const found = Math.max(own, rowOf(tree.outOf(key)), ...(meet.get(key) ?? []).map(width));
    widths.set(key, found);
    return found;
  }
  const centre = new Map<string, number>();
  const lanes = new Map<string, number>();
  function place(key: string, at: number): void {
    centre.set(key, at);
    const links = tree.outOf(key);
    let left = at - rowOf(links) / 2;
    for (const link of links) {
      const lane = laneOf(link, links.length);
      lanes.set(link.id, left + lane / 2);
      if (owns(link)) place(link.to, left + lane / 2);
      left += lane + GAP.x;
    }
    for (const one of meet.get(key) ?? []) place(one, at);
  }
  let from = 0;
  for (const root of tree.roots) {
    place(root, from + (from ? width(root) / 2 : 0));
    from += width(root) / (from ? 1 : 2) + GAP.x;
  }
  const tops = new Map<string, number>();
  for (const key of order) {
    const sources = tree.intoOf(key);
    const gap = ({ from: source }: Link) => (tree.outOf(source).length > 1 ? GAP.fork : sources.length > 1 ? GAP.y + 22 : GAP.y);
    tops.set(key, Math.max(0, ...sources.map((link) => (tops.get(link.from) ?? 0) + tree.height(link.from) + gap(link))));
  }
  const side = rtl ? -1 : 1;
  const places = [...tree.kind].map(([id, kind]) => {
    const wide = kind === 'leaf' ? 170 : WIDTH;
    const goes = tree.leaves.has(id) ? { goesTo: tree.leaves.get(id) ?? null } : {};
    return { id, kind, x: side * (centre.get(id) ?? 0) - wide / 2, y: tops.get(id) ?? 0, ...goes };
  });
  const lines = [...tree.out.values()].flat().map((link) => ({
    ...link,
    lane: side * (lanes.get(link.id) ?? 0),
    parts: tree.outOf(link.from).length > 1,
    meets: tree.intoOf(link.to).length > 1,
    last: tree.intoOf(link.to).at(-1) === link,
  }));
  return { places, lines };
}
