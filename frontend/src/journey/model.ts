/** The graph without the screen: ways out of steps, putting steps in, taking them out, copying what follows. Pure. */

import type { Branch, Graph, Kind, Note, Step } from './contract';
import { keptNotes, landNotes, notesBeside } from './notekeeping';

/** What is above the first step: its one way leads to the graph's start. */
export const START = '~start';
/** All that leads to a step, taken together: its "port" is the step's key. */
export const BEFORE = '~before';
/** Ways that are drawn only when they lead somewhere. */
const QUIET: readonly string[] = ['past', 'no_date', 'failed'];
export type Kinds = ReadonlyMap<string, Kind>;
export type Way = { from: string; port: string };

export const branchesOf = (step: Step): Branch[] => (Array.isArray(step.branches) ? (step.branches as Branch[]) : []);

/** The keys of the ways out of a step, in order. */
export function portsOf(step: Step, kinds: Kinds): string[] {
  const branches = branchesOf(step).map((_, at) => String(at + 1));
  if (step.kind === 'random_split') return branches;
  if (step.kind === 'split') return [...branches, 'otherwise'];
  const ports = kinds.get(step.kind)?.ports ?? [];
  return ports.filter((port) => !QUIET.includes(port) || typeof step[port] === 'string');
}

export function targetOf(graph: Graph, { from, port }: Way): string | null {
  if (from === START) return graph.start;
  if (from === BEFORE) return port;
  const step = graph.nodes[from];
  if (!step) return null;
  const branch = /^\d+$/.test(port) ? branchesOf(step)[Number(port) - 1] : undefined;
  const target = branch ? branch.to : step[port];
  return typeof target === 'string' ? target : null;
}

function stepTo(step: Step, port: string, to: string | null): Step {
  if (/^\d+$/.test(port)) {
    return { ...step, branches: branchesOf(step).map((branch, at) => (at + 1 === Number(port) ? { ...branch, to } : branch)) } as Step;
  }
  const { [port]: _gone, ...rest } = step;
  return (to === null ? rest : { ...rest, [port]: to }) as Step;
}

export function lead(graph: Graph, way: Way, to: string | null, kinds?: Kinds): Graph {
  const { from, port } = way;
  if (from === START) return to === null ? graph : { ...graph, start: to };
  if (from === BEFORE) {
    const all = kinds ? waysOf(graph, kinds).filter((one) => targetOf(graph, one) === port) : [];
    return all.reduce((made, one) => lead(made, one, to), graph);
  }
  const step = graph.nodes[from];
  return step ? { ...graph, nodes: { ...graph.nodes, [from]: stepTo(step, port, to) } } : graph;
}

export const patchStep = (graph: Graph, key: string, part: Partial<Step>): Graph => {
  const merged = Object.entries({ ...graph.nodes[key], ...part }).filter(([, value]) => value !== undefined && value !== null);
  return { ...graph, nodes: { ...graph.nodes, [key]: Object.fromEntries(merged) as Step } };
};

export function waysOf(graph: Graph, kinds: Kinds): Way[] {
  const ways: Way[] = [{ from: START, port: 'next' }];
  for (const [from, step] of Object.entries(graph.nodes)) for (const port of portsOf(step, kinds)) ways.push({ from, port });
  return ways;
}

export function reachedFrom(graph: Graph, key: string, kinds: Kinds): Set<string> {
  const seen = new Set<string>();
  const left = [key];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const step = graph.nodes[one];
    if (!step || seen.has(one)) continue;
    seen.add(one);
    for (const port of portsOf(step, kinds)) {
      const to = targetOf(graph, { from: one, port });
      if (to) left.push(to);
    }
  }
  return seen;
}

/** Without the steps that could be reached before and cannot be reached any more. */
function pruned(graph: Graph, before: Graph, kinds: Kinds): Graph {
  const was = reachedFrom(before, before.start, kinds);
  const is = reachedFrom(graph, graph.start, kinds);
  const nodes = Object.entries(graph.nodes).filter(([key]) => is.has(key) || !was.has(key));
  const leading = (key: string) =>
    waysOf(before, kinds)
      .filter((way) => targetOf(before, way) === key)
      .map(({ from }) => from);
  return keptNotes({ ...graph, nodes: Object.fromEntries(nodes) }, leading);
}

export function freshKey(graph: Graph, kind: string): string {
  const base = kind.replace(/^send_/, '').slice(0, 20);
  for (let number = 1; ; number += 1) if (!graph.nodes[`${base}_${number}`]) return `${base}_${number}`;
}

/** Who sends, and the link to leave. */
export const FOOTER = { id: 'b2', kind: 'footer' };

/** A new step of this kind, with what is likely to be wanted. */
export function blankStep(kind: string, language: string): Step {
  const document = (...blocks: Record<string, string>[]) => ({
    format: 1,
    language,
    direction: ['he', 'ar'].includes(language) ? 'rtl' : 'ltr',
    blocks,
  });
  switch (kind) {
    case 'wait':
      return { kind, for: 'P1D' };
    case 'wait_until':
      return { kind, timeout: 'P3D' };
    case 'send_email':
      return { kind, subject: '', message_class: 'advertising', document: document({ id: 'b1', kind: 'text', html: '' }, FOOTER) };
    case 'send_sms':
    case 'send_whatsapp':
      return { kind, message_class: 'advertising', document: document({ id: 't1', kind: 'sms_text', text: '' }) };
    case 'split':
      return { kind, branches: [{ values: [] }, { values: [] }] };
    case 'random_split':
      return { kind, branches: [{ share: 50 }, { share: 50 }] };
    default:
      return { kind };
  }
}

/** Put a step on a way: all its own ways lead to where the way led. Answers the graph and the step's key. */
export function insertStep(graph: Graph, way: Way, step: Step, kinds: Kinds): [Graph, string] {
  const key = freshKey(graph, step.kind);
  const target = targetOf(graph, way);
  let made = step;
  for (const port of portsOf(step, kinds)) made = stepTo(made, port, target);
  const led = lead(graph, way, key, kinds);
  return [pruned({ ...led, nodes: { ...led.nodes, [key]: made } }, graph, kinds), key];
}

/** Take a step out. What led to it leads on to where its way `keep` leads; what only its other ways reach goes too. */
export function removeStep(graph: Graph, key: string, keep: string | null, kinds: Kinds): Graph {
  const found = keep === null ? null : targetOf(graph, { from: key, port: keep });
  const to = found === key ? null : found;
  const { [key]: _gone, ...nodes } = graph.nodes;
  let made: Graph = { ...graph, nodes };
  for (const way of waysOf(graph, kinds)) if (way.from !== key && targetOf(graph, way) === key) made = lead(made, way, to);
  if (graph.start === key && to === null) {
    const end = freshKey(made, 'exit');
    made = { ...made, start: end, nodes: { ...made.nodes, [end]: { kind: 'exit' } } };
  }
  return pruned(made, graph, kinds);
}

export type Piece = { start: string; nodes: Record<string, Step>; notes?: Note[] };

/** The step and those that only it leads to: what goes with it. Exits stay where they are. */
export function ownedBy(graph: Graph, key: string, kinds: Kinds): Set<string> {
  const { [key]: _gone, ...nodes } = graph.nodes;
  const others = graph.start === key ? new Set<string>() : reachedFrom({ ...graph, nodes }, graph.start, kinds);
  const goes = [...reachedFrom(graph, key, kinds)].filter((one) => !others.has(one) && graph.nodes[one]?.kind !== 'exit');
  return new Set([key, ...goes]);
}

/** The step with its own ways up to where they meet again: what is moved when the rest stays. */
export function blockOf(graph: Graph, key: string, kinds: Kinds): Set<string> {
  const step = graph.nodes[key];
  const targets = step ? portsOf(step, kinds).map((port) => targetOf(graph, { from: key, port })) : [];
  const distinct = [...new Set(targets)].filter((to) => to !== null);
  const meeting = meetingOf(graph, distinct, kinds);
  const after = meeting ? reachedFrom(graph, meeting, kinds) : new Set<string>();
  return new Set([...ownedBy(graph, key, kinds)].filter((one) => one === key || !after.has(one)));
}

const partOf = (graph: Graph, key: string, kinds: Kinds, all: boolean): Set<string> => (all ? ownedBy : blockOf)(graph, key, kinds);

/** The step with what goes with it, or the step alone. */
export function copyOf(graph: Graph, key: string, kinds: Kinds, alone = false): Piece {
  const keys = alone ? [key] : [...ownedBy(graph, key, kinds)];
  const notes = alone ? [] : notesBeside(graph, new Set(keys));
  return { start: key, nodes: Object.fromEntries(keys.map((one) => [one, graph.nodes[one] as Step])), ...(notes.length ? { notes } : {}) };
}

/** Put a copied piece on a way. Where the piece ended, it goes on to where the way led. */
export function pastePiece(graph: Graph, way: Way, piece: Piece, kinds: Kinds): [Graph, string] {
  const target = targetOf(graph, way);
  let added = graph;
  const names = new Map<string, string | null>();
  for (const [key, step] of Object.entries(piece.nodes)) {
    if (step.kind === 'exit' && target !== null && key !== piece.start) names.set(key, target);
    else {
      const fresh = freshKey(added, step.kind);
      names.set(key, fresh);
      added = { ...added, nodes: { ...added.nodes, [fresh]: step } };
    }
  }
  const start = names.get(piece.start) ?? graph.start;
  const led = lead(graph, way, start, kinds);
  let made: Graph = { ...led, nodes: { ...added.nodes, ...led.nodes } };
  for (const [key, step] of Object.entries(piece.nodes)) {
    const fresh = names.get(key);
    if (!fresh || fresh === target) continue;
    for (const port of portsOf(step, kinds)) {
      const to = targetOf({ ...graph, nodes: piece.nodes }, { from: key, port });
      made = lead(made, { from: fresh, port }, (to === null ? undefined : names.get(to)) ?? target);
    }
  }
  return [pruned(landNotes(made, piece.notes ?? [], names), graph, kinds), start];
}

export const isPiece = (found: unknown): found is Piece =>
  typeof found === 'object' && found !== null && 'start' in found && 'nodes' in found && typeof found.nodes === 'object';

/** The ways by which what goes with a step leads on to others. */
function waysOutOf(graph: Graph, owned: ReadonlySet<string>, kinds: Kinds): Way[] {
  return waysOf(graph, kinds).filter((one) => {
    const to = owned.has(one.from) ? targetOf(graph, one) : null;
    return to !== null && !owned.has(to);
  });
}

/** What led to the step leads to where it, with what goes with it, went on. */
function leadPast(graph: Graph, key: string, owned: ReadonlySet<string>, kinds: Kinds): Graph {
  const targets = waysOutOf(graph, owned, kinds).map((one) => targetOf(graph, one) as string);
  const goesOn = targets.find((to) => graph.nodes[to]?.kind !== 'exit') ?? targets[0] ?? null;
  let made = graph;
  for (const one of waysOf(graph, kinds)) if (!owned.has(one.from) && targetOf(graph, one) === key) made = lead(made, one, goesOn);
  if (graph.start !== key || goesOn !== null) return made;
  const end = freshKey(made, 'exit');
  return { ...made, start: end, nodes: { ...made.nodes, [end]: { kind: 'exit' } } };
}

/** Without a step and what goes with it, the notes beside them too. */
export function cutPiece(graph: Graph, key: string, kinds: Kinds): Graph {
  const owned = ownedBy(graph, key, kinds);
  const made = leadPast(graph, key, owned, kinds);
  const nodes = Object.entries(made.nodes).filter(([one]) => !owned.has(one));
  const taken = new Set(notesBeside(graph, owned));
  const notes = made.notes && { notes: made.notes.filter((one) => !taken.has(one)) };
  return pruned({ ...made, ...notes, nodes: Object.fromEntries(nodes) }, graph, kinds);
}

/** Whether a step with what goes with it can be taken to this way: not into itself, nor to where it stands. */
export function takesPiece(graph: Graph, way: Way, key: string, kinds: Kinds, all = false): boolean {
  const owned = partOf(graph, key, kinds, all);
  const to = targetOf(graph, way);
  const isInside = owned.has(way.from) || (way.from === BEFORE && owned.has(way.port));
  return !isInside && to !== key && graph.nodes[key] !== undefined;
}

/** Take a step to another way, with its own ways up to where they meet, or with all that goes with it. */
export function movePiece(graph: Graph, key: string, way: Way, kinds: Kinds, all = false): Graph {
  const owned = partOf(graph, key, kinds, all);
  if (!takesPiece(graph, way, key, kinds, all)) return graph;
  const past = leadPast(graph, key, owned, kinds);
  const target = targetOf(past, way);
  let made = lead(past, way, key, kinds);
  for (const one of waysOutOf(graph, owned, kinds)) made = lead(made, one, target);
  return pruned(made, graph, kinds);
}

/** Where ways meet again: the nearest step that all of them lead to. */
export function meetingOf(graph: Graph, targets: readonly string[], kinds: Kinds): string | null {
  const reached = targets.map((to) => reachedFrom(graph, to, kinds));
  const common = [...(reached[0] ?? [])].filter((one) => reached.every((set) => set.has(one)));
  return common.find((one) => common.every((other) => reachedFrom(graph, one, kinds).has(other))) ?? common[0] ?? null;
}

const targetsOf = (graph: Graph, key: string): string[] =>
  branchesOf(graph.nodes[key] ?? { kind: '' })
    .map(({ to }) => to)
    .filter((to) => typeof to === 'string');

/** Change the ways of a split. Steps that nothing leads to any more go with their way. */
export const writeBranches = (graph: Graph, key: string, branches: readonly Branch[], kinds: Kinds): Graph =>
  pruned(patchStep(graph, key, { branches: branches as unknown as Step['branches'] }), graph, kinds);

/** One more way; it leads to where the others meet. */
export function addBranch(graph: Graph, key: string, branch: Branch, kinds: Kinds): Graph {
  const step = graph.nodes[key];
  if (!step) return graph;
  const to = meetingOf(graph, targetsOf(graph, key), kinds) ?? targetOf(graph, { from: key, port: 'otherwise' });
  return writeBranches(graph, key, [...branchesOf(step), { ...branch, to }], kinds);
}

/** Everybody else goes on to where the other ways meet, or to an exit of their own. */
export function drawOtherwise(graph: Graph, key: string, kinds: Kinds): Graph {
  const meeting = meetingOf(graph, targetsOf(graph, key), kinds);
  if (meeting && meeting !== key) return patchStep(graph, key, { otherwise: meeting });
  const end = freshKey(graph, 'exit');
  return patchStep({ ...graph, nodes: { ...graph.nodes, [end]: { kind: 'exit' } } }, key, { otherwise: end });
}

export const SENDING: readonly string[] = ['send_email', 'send_sms', 'send_whatsapp'];
export type Check = 'opened' | 'clicked';

/** The class of a new message: that of the message before it on its way, for a journey seldom changes from service to advertising. */
export function classOn(graph: Graph, way: Way, kinds: Kinds): string {
  const ways = waysOf(graph, kinds);
  const seen = new Set<string>();
  const left = way.from === BEFORE ? ways.filter((one) => targetOf(graph, one) === way.port).map(({ from }) => from) : [way.from];
  for (let key = left.shift(); key !== undefined; key = left.shift()) {
    const step = graph.nodes[key];
    if (!step || seen.has(key)) continue;
    seen.add(key);
    if (SENDING.includes(step.kind)) return String(step.message_class ?? 'advertising');
    left.push(...ways.filter((one) => targetOf(graph, one) === key).map(({ from }) => from));
  }
  return 'advertising';
}

/** Whether something after this message asks what became of it. */
export function isChecked(graph: Graph, key: string, kinds: Kinds): boolean {
  const after = [...reachedFrom(graph, key, kinds)].filter((one) => one !== key);
  return after.some((one) => {
    const { document: _gone, ...step } = graph.nodes[one] ?? { kind: '' };
    return /"did":"message\.(opened|clicked)"/.test(JSON.stringify(step));
  });
}

export const checkStep = (check: Check): Step => ({
  kind: 'wait_until',
  rule: { did: `message.${check}`, where: { message: 'previous' } },
  timeout: 'P2D',
});

/** Shares that make 100 together, after one was set: those after it give or take, then those before. */
export function balanced(shares: readonly number[], at: number, wanted: number): number[] {
  const now = [...shares];
  now[at] = Math.min(Math.max(Math.round(wanted) || 1, 1), 100 - (now.length - 1));
  const places = [...now.keys()].reverse();
  const order = [...places.filter((one) => one > at), ...places.filter((one) => one < at)];
  let left = 100 - now.reduce((sum, share) => sum + share, 0);
  for (const one of order) {
    const share = Math.max(1, (now[one] ?? 0) + left);
    left -= share - (now[one] ?? 0);
    now[one] = share;
  }
  return now;
}

/** Shares as even as whole numbers allow. */
export const evenly = (count: number): number[] => Array.from({ length: count }, (_, at) => Math.floor(100 / count) + (at < 100 % count ? 1 : 0));

/** The steps as people read them: along the ways, from the start; those that nothing leads to last. */
export function readingOrder(graph: Graph, kinds: Kinds): string[] {
  const seen = new Set<string>();
  const visit = (key: string): void => {
    const step = graph.nodes[key];
    if (!step || seen.has(key)) return;
    seen.add(key);
    for (const port of portsOf(step, kinds)) visit(targetOf(graph, { from: key, port }) ?? '');
  };
  visit(graph.start);
  for (const key of Object.keys(graph.nodes)) visit(key);
  return [...seen];
}

/** The kind of event that every trigger tells of; "" when there is none, or more than one. */
export function eventOf(graph: Graph): string {
  const kinds = new Set(graph.triggers.map(({ kind }) => kind));
  const [kind = ''] = kinds;
  return kinds.size === 1 && !['date', 'manual'].includes(kind) ? kind : '';
}

/** The way at the end of the first path: where a step is likely to be added. */
export function lastWay(graph: Graph, kinds: Kinds): Way {
  const seen = new Set<string>();
  let way: Way = { from: START, port: 'next' };
  for (let to = targetOf(graph, way); to && !seen.has(to); to = targetOf(graph, way)) {
    seen.add(to);
    const port = portsOf(graph.nodes[to] ?? { kind: '' }, kinds)[0];
    if (!port) break;
    way = { from: to, port };
  }
  return way;
}
