/** What the keyboard and the inspector do to a step: take it out, copy and move what follows, paste, double, check. */

import { t } from '../lib/i18n';
import { type Check, checkStep, copyOf, cutPiece, insertStep, isPiece, type Kinds, movePiece, type Piece, pastePiece, portsOf, removeStep, START, targetOf, type Way } from './model';
import { dropNote, noteAsPiece, pasteNotes } from './noting';
import { isNote } from './notes';
import { change, graphNow, show, useView } from './store';

const KEY = 'kesher.journey.piece';
/** Steps travel as text with this beginning, so that they can be pasted into a journey elsewhere. */
const CLIPPING = 'kesher-steps:';

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

function pieceOf(key: string, kinds: Kinds): Piece | null {
  return key === START || !graphNow().nodes[key] ? null : copyOf(graphNow(), key, kinds);
}

/** Answers what was copied as text for the clipboard. */
export function copySubtree(key: string, kinds: Kinds): string | null {
  if (isNote(key)) return CLIPPING + JSON.stringify(noteAsPiece(key));
  const piece = pieceOf(key, kinds);
  if (!piece) return null;
  const text = JSON.stringify(piece);
  localStorage.setItem(KEY, text);
  const count = Object.keys(piece.nodes).length;
  show({ said: t('Copied: {count} steps', { count }) });
  return CLIPPING + text;
}

export function cutSubtree(key: string, kinds: Kinds): string | null {
  const text = copySubtree(key, kinds);
  if (isNote(key)) dropNote(key);
  else if (text) change((graph) => cutPiece(graph, key, kinds), null, null);
  return text;
}

function readPiece(text: string | null): Piece | null {
  try {
    const found: unknown = JSON.parse(text ?? 'null');
    return isPiece(found) ? found : null;
  } catch {
    return null;
  }
}

export const copiedPiece = (): Piece | null => readPiece(localStorage.getItem(KEY));
export const pieceIn = (text: string): Piece | null => (text.startsWith(CLIPPING) ? readPiece(text.slice(CLIPPING.length)) : null);

export function pasteOn(way: Way, kinds: Kinds, piece = copiedPiece()): void {
  if (!piece) return;
  const known = Object.values(piece.nodes).every((step) => kinds.has(step.kind));
  if (!known) {
    show({ said: t('These steps are not known here') });
    return;
  }
  const [graph, key] = pastePiece(graphNow(), way, piece, kinds);
  change(() => graph, null, key);
  show({ said: t('Pasted: {count} steps', { count: Object.keys(piece.nodes).length }) });
}

export const firstWay = (key: string, kinds: Kinds): Way | null => {
  if (key === START) return { from: START, port: 'next' };
  const step = graphNow().nodes[key];
  const port = step && portsOf(step, kinds)[0];
  return port ? { from: key, port } : null;
};

export function pasteAfter(key: string | null, kinds: Kinds, piece = copiedPiece()): void {
  const way = key === null ? null : firstWay(key, kinds);
  if (piece?.notes && !Object.keys(piece.nodes).length) pasteNotes(piece.notes);
  else if (way) pasteOn(way, kinds, piece);
}

/** A copy of the step alone, right after it. */
export function duplicate(key: string, kinds: Kinds): void {
  const way = firstWay(key, kinds);
  if (way && key !== START) pasteOn(way, kinds, copyOf(graphNow(), key, kinds, true));
}

/** Put what is being moved on this way. */
export function moveTo(way: Way, kinds: Kinds): void {
  const { moving, movingAll } = useView.getState();
  if (!moving) return;
  change((graph) => movePiece(graph, moving, way, kinds, movingAll), null, moving);
  show({ moving: null, inspecting: true, said: t('Moved') });
}

export function addCheck(key: string, check: Check, kinds: Kinds): void {
  const [graph, made] = insertStep(graphNow(), { from: key, port: 'next' }, checkStep(check), kinds);
  change(() => graph, null, made);
  show({ inserting: null, inspecting: true });
}
