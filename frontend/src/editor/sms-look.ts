/** Asking the server how the text looks and how large it is, a moment after each change. */

import { useEffect, useState } from 'react';
import { post } from '../lib/api';
import type { Look, Sizes, TextUrls } from './sms-contract';
import { useEditor } from './store';
import { show } from './view';

const PAUSE_MS = 250;
const COUNTING_PAUSE_MS = 900;

/** The text for one contact; the last good answer stays while a new one is made. */
export function useTextLook(urls: TextUrls, contactId: number | null): Look | null {
  const body = useEditor((state) => state.draft.body);
  const [look, setLook] = useState<Look | null>(null);
  useEffect(
    () =>
      soon(PAUSE_MS, (signal) =>
        post<Look>(urls.look, { body, contact_id: contactId }, { signal }).then((told) => {
          setLook(told);
          show({ serverProblems: told.problems });
        }),
      ),
    [body, contactId, urls.look],
  );
  return look;
}

/** Sizes over the audience; null while they are counted or cannot be. */
export function useTextSizes(urls: TextUrls): Sizes | null {
  const body = useEditor((state) => state.draft.body);
  const [sizes, setSizes] = useState<Sizes | null>(null);
  useEffect(
    () => soon(COUNTING_PAUSE_MS, (signal) => post<Sizes>(urls.sizes, { body }, { signal }).then(setSizes)),
    [body, urls.sizes],
  );
  return sizes;
}

function soon(pause: number, ask: (signal: AbortSignal) => Promise<void>): () => void {
  const abort = new AbortController();
  const timer = setTimeout(() => void ask(abort.signal).catch(() => undefined), pause);
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}
