/** Saving by itself: soon after a change, again when the network is back, never over somebody else's work. */

import { ApiError, OfflineError, put } from '../lib/api';
import type { Conflict, Current, Graph, Saved } from './contract';
import { change, graphNow, show, useJourney, useView } from './store';

const DEBOUNCE_MS = 700;
const RETRY_MS = 4_000;

export type Saver = { start(): () => void; flush(): Promise<boolean>; keepMine(): void; takeTheirs(): void };

export function makeSaver(first: Current, url: string): Saver {
  let { revision } = first;
  let saved: Graph = graphNow();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<boolean> | null = null;

  function later(delay: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), delay);
  }

  function onChange(): void {
    if (useView.getState().conflict) return;
    show({ save: 'unsaved' });
    later(DEBOUNCE_MS);
  }

  /** True when the server has everything. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer);
    if (running) await running;
    if (useView.getState().conflict) return false;
    if (graphNow() === saved) return true;
    running = send(graphNow());
    const done = await running;
    running = null;
    return done;
  }

  async function send(graph: Graph): Promise<boolean> {
    show({ save: 'saving' });
    try {
      const answer = await put<Saved>(url, { graph, revision });
      revision = answer.revision;
      saved = graph;
      const isAll = graphNow() === graph;
      show({ problems: answer.problems, told: answer.told, isPublished: answer.is_published, save: isAll ? 'saved' : 'unsaved' });
      if (!isAll) later(DEBOUNCE_MS);
      return isAll;
    } catch (error) {
      return failed(error);
    }
  }

  function failed(error: unknown): boolean {
    if (error instanceof ApiError && error.isConflict) {
      show({ save: 'conflict', conflict: error.body as Conflict });
    } else if (error instanceof OfflineError || (error instanceof ApiError && error.status >= 500)) {
      show({ save: 'offline' });
      later(RETRY_MS);
    } else if (error instanceof ApiError) {
      const { problems } = (error.body ?? {}) as Partial<Saved>;
      show({ save: 'refused', ...(problems ? { problems } : {}) });
    } else throw error;
    return false;
  }

  function start(): () => void {
    const stop = useJourney.subscribe((now, before) => now.graph !== before.graph && onChange());
    const leaving = (event: BeforeUnloadEvent) => graphNow() !== saved && event.preventDefault();
    const hidden = () => void (document.visibilityState === 'hidden' && flush());
    const online = () => void flush();
    addEventListener('beforeunload', leaving);
    addEventListener('online', online);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      stop();
      clearTimeout(timer);
      removeEventListener('beforeunload', leaving);
      removeEventListener('online', online);
      document.removeEventListener('visibilitychange', hidden);
    };
  }

  /** Mine over theirs, which stay one step of undo away. */
  function keepMine(): void {
    const { conflict } = useView.getState();
    if (!conflict) return;
    const mine = graphNow();
    accept(conflict);
    change(() => mine);
    void flush();
  }

  /** Theirs over mine, which stay one step of undo away. */
  function takeTheirs(): void {
    const { conflict } = useView.getState();
    if (!conflict) return;
    accept(conflict);
  }

  /** The other's version on the canvas; what stood there is a step of undo away. */
  function accept({ current, problems, told }: Conflict): void {
    ({ revision } = current);
    saved = current.graph;
    show({ conflict: null });
    change(() => current.graph);
    clearTimeout(timer);
    show({ problems, told, save: 'saved', isPublished: false });
  }

  return { start, flush, keepMine, takeTheirs };
}
