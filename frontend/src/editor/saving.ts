/** Saving by itself: soon after a change, again when the network is back, and never over someone else's work.
 *
 * Until the server has it, the draft also lies in this browser, so that a crash or a dead battery loses nothing.
 */

import { ApiError, OfflineError, put } from '../lib/api';
import type { Saved, SaveRequest, ServerDocument } from './contract';
import type { Draft } from './model';
import { load, replaceDraft, useEditor } from './store';
import { show, useView } from './view';

const DEBOUNCE_MS = 900;
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 30_000;

type Kept = { draft: Draft; revision: number; at: string };

export type Saver = {
  start(): () => void;
  flush(): Promise<boolean>;
  keepMine(): void;
  takeTheirs(): void;
  discardRecovered(): void;
};

export const draftOf = ({ name, subject, preheader, body }: ServerDocument): Draft => ({ name, subject, preheader, body });

export function makeSaver(document: ServerDocument, url: string, storage: Storage | null = browserStorage()): Saver {
  const key = `kesher.editor.${document.id}`;
  const isOf = (draft: Draft) => JSON.stringify(draft) === JSON.stringify(draftOf(document));
  let { revision } = document;
  let saved: Draft = useEditor.getState().draft;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let running: Promise<boolean> | null = null;

  const isDirty = () => useEditor.getState().draft !== saved;

  function later(delay: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), delay);
  }

  function keep(): void {
    const kept: Kept = { draft: useEditor.getState().draft, revision, at: new Date().toISOString() };
    try {
      storage?.setItem(key, JSON.stringify(kept));
    } catch {
      // Full or forbidden: saving to the server goes on without the second copy.
    }
  }

  function onChange(): void {
    if (useView.getState().conflict) return;
    if (!isDirty()) {
      settle();
      return;
    }
    keep();
    if (useView.getState().save !== 'offline') show({ save: 'unsaved' });
    later(DEBOUNCE_MS);
  }

  function settle(): void {
    clearTimeout(timer);
    storage?.removeItem(key);
    retryMs = FIRST_RETRY_MS;
    show({ save: 'saved' });
  }

  /** True when the server has everything. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer);
    if (running) await running;
    if (useView.getState().conflict) return false;
    if (!isDirty()) return true;
    running = send();
    const done = await running;
    running = null;
    return done;
  }

  async function send(): Promise<boolean> {
    const { draft } = useEditor.getState();
    show({ save: 'saving' });
    try {
      const request: SaveRequest = { ...draft, revision };
      const answer = await put<Saved>(url, request);
      revision = answer.revision;
      saved = draft;
      show({ savedAt: new Date(), ...(answer.problems ? { serverProblems: answer.problems } : {}) });
      if (isDirty()) later(DEBOUNCE_MS);
      else settle();
      return !isDirty();
    } catch (error) {
      return failed(error, draft);
    }
  }

  function failed(error: unknown, mine: Draft): boolean {
    if (error instanceof ApiError && error.isConflict) {
      const { current } = error.body as { current: ServerDocument };
      show({ save: 'conflict', conflict: { mine, mineAt: new Date(), theirs: current } });
    } else if (error instanceof OfflineError || (error instanceof ApiError && error.status >= 500)) {
      show({ save: 'offline' });
      later(retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    } else if (error instanceof ApiError) {
      const { problems } = (error.body ?? {}) as Partial<Saved>;
      show({ save: 'refused', ...(problems ? { serverProblems: problems } : {}) });
    } else throw error;
    return false;
  }

  /** A draft of this browser that the server never got: shown at once, with a banner to throw it away. */
  function recover(): void {
    const kept = read();
    if (!kept || isOf(kept.draft)) {
      settle();
      return;
    }
    const at = new Date(kept.at);
    if (kept.revision < revision) {
      show({ save: 'conflict', conflict: { mine: kept.draft, mineAt: at, theirs: document } });
    } else {
      replaceDraft(kept.draft);
      show({ recovered: at });
    }
  }

  function read(): Kept | null {
    try {
      return JSON.parse(storage?.getItem(key) ?? 'null') as Kept | null;
    } catch {
      return null;
    }
  }

  function start(): () => void {
    const stop = useEditor.subscribe((now, before) => now.draft !== before.draft && onChange());
    const leaving = (event: BeforeUnloadEvent) => isDirty() && event.preventDefault();
    const hidden = () => void (globalThis.document.visibilityState === 'hidden' && flush());
    const online = () => void flush();
    addEventListener('beforeunload', leaving);
    addEventListener('online', online);
    globalThis.document.addEventListener('visibilitychange', hidden);
    recover();
    return () => {
      stop();
      clearTimeout(timer);
      removeEventListener('beforeunload', leaving);
      removeEventListener('online', online);
      globalThis.document.removeEventListener('visibilitychange', hidden);
    };
  }

  /** Save mine over theirs, which stay one step of undo away. */
  function keepMine(): void {
    const { conflict } = useView.getState();
    if (!conflict) return;
    ({ revision } = conflict.theirs);
    show({ conflict: null });
    replaceDraft(draftOf(conflict.theirs));
    saved = useEditor.getState().draft;
    replaceDraft(conflict.mine);
    void flush();
  }

  function takeTheirs(): void {
    const { conflict } = useView.getState();
    if (!conflict) return;
    ({ revision } = conflict.theirs);
    show({ conflict: null });
    replaceDraft(draftOf(conflict.theirs));
    saved = useEditor.getState().draft;
    settle();
  }

  function discardRecovered(): void {
    show({ recovered: null });
    load(draftOf(document));
    saved = useEditor.getState().draft;
    settle();
  }

  return { start, flush, keepMine, takeTheirs, discardRecovered };
}

function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
