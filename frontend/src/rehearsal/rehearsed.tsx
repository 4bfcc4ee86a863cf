/** A rehearsal on the canvas: its numbers stand where the live ones do, and a line above says so. */

import { IconFlask, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Numbers } from '../journey/contract';
import { show, useView } from '../journey/store';
import { get } from '../lib/api';
import { addDictionary, number, plural, t } from '../lib/i18n';
import he from './he.json';
import './rehearsed.css';

addDictionary('he', he);

type Told = { words: string; people: number; page: string; people_page: string; numbers: Numbers };

/** `journeys` is the address of the workspace's journeys; the rehearsal is named in the page's own (?rehearsal=7). */
export function Rehearsed({ journeys }: { journeys: string }) {
  const [told, setTold] = useState<Told | null>(null);
  const [live, setLive] = useState<Numbers | null>(null);
  const numbers = useView((state) => state.numbers);
  useEffect(() => {
    const id = new URLSearchParams(location.search).get('rehearsal');
    if (id && /^\d+$/.test(id))
      get<Told>(`${journeys}rehearsals/${id}/numbers/`).then(setTold, () => undefined);
  }, [journeys]);
  useEffect(() => {
    if (!told || numbers === told.numbers) return;
    setLive(numbers);
    show({ numbers: told.numbers, people: told.people_page });
  }, [told, numbers]);
  if (!told) return null;
  const leave = () => {
    setTold(null);
    show({ people: null, ...(live ? { numbers: live } : {}) });
    history.replaceState(null, '', location.pathname);
  };
  return (
    <div className="kj-rehearsed" role="status">
      <IconFlask size={16} aria-hidden="true" />
      <span>
        {t('Numbers of a rehearsal')}
        {told.words && (
          <>
            {' · '}
            <bdi>{told.words}</bdi>
          </>
        )}
        {' · '}
        {plural(told.people, '1 person', '{shown} people', { shown: number(told.people) })}
      </span>
      <a className="btn btn-sm" href={told.page}>
        {t('The whole result')}
      </a>
      <button type="button" className="btn btn-sm" onClick={leave}>
        <IconX size={14} aria-hidden="true" /> {t('Back to the live numbers')}
      </button>
    </div>
  );
}

/** In the bar: what is drawn is saved first. */
export function RehearseButton({ page, flush }: { page: string; flush(): Promise<boolean> }) {
  const go = async () => {
    if (await flush()) location.assign(`${page}rehearse/`);
  };
  return (
    <button type="button" className="btn btn-sm kj-rehearse" onClick={go} aria-label={t('Rehearse')}>
      <IconFlask size={16} aria-hidden="true" /> <span>{t('Rehearse')}</span>
    </button>
  );
}
