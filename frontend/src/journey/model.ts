/** The graph without the screen: ways out of steps, putting steps in, taking them out, copying what follows. Pure. */

import type { Branch, Graph, Kind, Step } from './contract';

/** What is above the first step: its one way leads to the graph's start. */
export const START = '~start';
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

export function lead(graph: Graph, { from, port }: Way, to: string | null): Graph {
  if (from === START) return to === null ? graph : { ...graph, start: to };
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
  return { ...graph, nodes: Object.fromEntries(nodes) };
}

export function freshKey(graph: Graph, kind: string): string {
  const base = kind.replace(/^send_/, '').slice(0, 20);
  for (let number = 1; ; number += 1) if (!graph.nodes[`${base}_${number}`]) return `${base}_${number}`;
}

/** Who sends, and the link to leave. */
export const FOOTER = { id: 'b2', kind: 'footer' };

export type Blanks = { language: string; first: string; second: string };

/** A new step of this kind, with what is likely to be wanted. */
export function blankStep(kind: string, words: Blanks): Step {
  const document = (...blocks: Record<string, string>[]) => ({
    format: 1,
    language: words.language,
    direction: ['he', 'ar'].includes(words.language) ? 'rtl' : 'ltr',
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
      return { kind, branches: [{ label: words.first }, { label: words.second }] };
    case 'random_split':
      return { kind, branches: [{ label: words.first, share: 50 }, { label: words.second, share: 50 }] };
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
  const added = { ...graph, nodes: { ...graph.nodes, [key]: made } };
  return [pruned(lead(added, way, key), graph, kinds), key];
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

export type Piece = { start: string; nodes: Record<string, Step> };

/** The step and all that follows it, or the step alone. */
export function copyOf(graph: Graph, key: string, kinds: Kinds, alone = false): Piece {
  const keys = alone ? [key] : [...reachedFrom(graph, key, kinds)];
  return { start: key, nodes: Object.fromEntries(keys.map((one) => [one, graph.nodes[one] as Step])) };
}

/** Put a copied piece on a way. Where the piece ended, it goes on to where the way led. */
export function pastePiece(graph: Graph, way: Way, piece: Piece, kinds: Kinds): [Graph, string] {
  const target = targetOf(graph, way);
  let made = graph;
  const names = new Map<string, string | null>();
  for (const [key, step] of Object.entries(piece.nodes)) {
    if (step.kind === 'exit' && target !== null && key !== piece.start) names.set(key, target);
    else {
      const fresh = freshKey(made, step.kind);
      names.set(key, fresh);
      made = { ...made, nodes: { ...made.nodes, [fresh]: step } };
    }
  }
  for (const [key, step] of Object.entries(piece.nodes)) {
    const fresh = names.get(key);
    if (!fresh || fresh === target) continue;
    for (const port of portsOf(step, kinds)) {
      const to = targetOf({ ...graph, nodes: piece.nodes }, { from: key, port });
      made = lead(made, { from: fresh, port }, (to === null ? undefined : names.get(to)) ?? target);
    }
  }
  const start = names.get(piece.start) ?? graph.start;
  return [pruned(lead(made, way, start), graph, kinds), start];
}

export const isPiece = (found: unknown): found is Piece =>
  typeof found === 'object' && found !== null && 'start' in found && 'nodes' in found && typeof found.nodes === 'object';
