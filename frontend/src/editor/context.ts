/** What the server told this page, within reach of every part of the editor. */

import { createContext, useContext } from 'react';
import type { BlockKind, EditorData } from './contract';
import type { Place } from './model';
import { addBlock } from './store';

export const EditorContext = createContext<EditorData | null>(null);

export function useData(): EditorData {
  const data = useContext(EditorContext);
  if (!data) throw new Error('The editor is used outside its page');
  return data;
}

export function useKind(key: string | undefined): BlockKind | undefined {
  return useData().blocks.find((kind) => kind.key === key);
}

const listeners = new Set<(message: string) => void>();

/** Say something to who listens to the screen. The same words twice are said twice. */
export function announce(message: string): void {
  for (const listener of listeners) listener(message);
}

export function onAnnouncement(listener: (message: string) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Focus a block's frame in the canvas and bring it into view. */
export function focusBlock(id: string | null): void {
  if (!id) return;
  requestAnimationFrame(() => {
    const frame = document.querySelector<HTMLElement>(`[data-block="${CSS.escape(id)}"]`);
    frame?.focus({ preventScroll: true });
    frame?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  });
}

export function addAndFocus(kind: BlockKind, place?: Place): void {
  focusBlock(addBlock(kind, place));
}
