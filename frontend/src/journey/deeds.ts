/** What the keyboard and the inspector do to a step: take it out, copy what follows, paste, double. */

import { t } from '../lib/i18n';
import { copyOf, isPiece, type Kinds, type Piece, pastePiece, portsOf, removeStep, START, targetOf, type Way } from './model';
import { change, graphNow, show } from './store';

const KEY = 'kesher.journey.piece';

/** Asks first when the step has several ways that lead on to different steps. */
export function removeSelected(key: string, kinds: Kinds): void {
  const graph = graphNow();
  const step = graph.nodes[key];
  if (!step) return;
  const ports = portsOf(step, kinds);
  const targets = new Set(ports.map((port) => targetOf(graph, { from: key, port })).filter((to) => to !== null));
  if (targets.size > 1) show({ removing: key });
  else remove(key, ports.find((port) => targetOf(graph, { from: key, port }) !== null) ?? null, kinds);
}

export function remove(key: string, keep: string | null, kinds: Kinds): void {
  change((graph) => removeStep(graph, key, keep, kinds), null, null);
  show({ removing: null, said: t('The step was taken out') });
}

export function copySubtree(key: string, kinds: Kinds): void {
  if (key === START) return;
  localStorage.setItem(KEY, JSON.stringify(copyOf(graphNow(), key, kinds)));
  show({ said: t('Copied, with all that follows') });
}

export function copiedPiece(): Piece | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return isPiece(found) ? found : null;
  } catch {
    return null;
  }
}

export function pasteOn(way: Way, kinds: Kinds, piece = copiedPiece()): void {
  if (!piece) return;
  const [graph, key] = pastePiece(graphNow(), way, piece, kinds);
  change(() => graph, null, key);
}

const firstWay = (key: string, kinds: Kinds): Way | null => {
  if (key === START) return { from: START, port: 'next' };
  const step = graphNow().nodes[key];
  const port = step && portsOf(step, kinds)[0];
  return port ? { from: key, port } : null;
};

export function pasteAfter(key: string, kinds: Kinds): void {
  const way = firstWay(key, kinds);
  if (way) pasteOn(way, kinds);
}

/** A copy of the step alone, right after it. */
export function duplicate(key: string, kinds: Kinds): void {
  const way = firstWay(key, kinds);
  if (way && key !== START) pasteOn(way, kinds, copyOf(graphNow(), key, kinds, true));
}
