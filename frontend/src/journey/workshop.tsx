/** The place of the editor of messages over the canvas: the browser's "back" and the button close it, and the focus returns. */

import { useCallback, useEffect, useRef, useState } from 'react';
import type { EditorData } from '../editor/contract';
import { t } from '../lib/i18n';
import { benchOf } from './bench';
import { usePage } from './context';
import type { Saver } from './saving';
import { select, show, useJourney } from './store';

type Loaded = { bench: EditorData; Writing: typeof import('./writing').default };

export function Workshop({ id, saver }: { id: string; saver: Saver }) {
  const { data, kinds } = usePage();
  const kind = useJourney((state) => state.graph.nodes[id]?.kind ?? '');
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [isFailed, setFailed] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const close = useCallback(() => {
    if (history.state?.writing) history.back();
    else show({ writing: null });
  }, []);
  useEffect(() => {
    const left = () => show({ writing: null });
    history.pushState({ writing: id }, '');
    addEventListener('popstate', left);
    return () => {
      removeEventListener('popstate', left);
      select(id);
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.kj-message .btn')?.focus());
    };
  }, [id]);
  useEffect(() => {
    frame.current?.focus();
    // Not lazy(): React holds back what waited behind Suspense, and TipTap gives up an editor that is not shown at once.
    Promise.all([benchOf(data.urls.bench, kind.replace('send_', '')), import('./writing')]).then(
      ([bench, { default: Writing }]) => setLoaded({ bench, Writing }),
      () => setFailed(true),
    );
  }, [data.urls.bench, kind]);
  return (
    <div ref={frame} className="kj-workshop" role="dialog" aria-modal="true" aria-label={t('The message')} tabIndex={-1}>
      {isFailed ? (
        <div className="k-empty">
          <p>{t('No connection. Try again in a while.')}</p>
          <button type="button" className="btn" onClick={close}>
            {t('Back to the journey')}
          </button>
        </div>
      ) : (
        !loaded && <p className="k-empty">{t('Loading…')}</p>
      )}
      {loaded && <loaded.Writing id={id} label={kinds.get(kind)?.label ?? kind} bench={loaded.bench} saver={saver} onClose={close} />}
    </div>
  );
}
