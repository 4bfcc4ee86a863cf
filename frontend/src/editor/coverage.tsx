/** Which combinations of blocks occur, for how many people, with one person each to look as. Loaded when asked for. */

import { IconEye, IconEyeOff, IconUserSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { ApiError, post } from '../lib/api';
import { number, percent, plural, t } from '../lib/i18n';
import { CheckList } from './check-list';
import { useData } from './context';
import type { Combination, Coverage, Person } from './contract';
import { Dialog } from './dialog';
import { useEditor } from './store';
import { useBlockNames } from './target';
import { show } from './view';

export default function CoverageDialog({ onClose }: { onClose(): void }) {
  const { urls } = useData();
  const body = useEditor((state) => state.draft.body);
  const [found, setFound] = useState<Coverage | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    post<Coverage>(urls.coverage ?? '', { body }, { signal: stop.signal })
      .then(setFound)
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        const isTold = error instanceof ApiError && !error.message.startsWith('HTTP');
        setFailed(isTold ? error.message : t('It could not be counted. Try again.'));
      });
    return () => stop.abort();
  }, [urls.coverage, body]);
  return (
    <Dialog title={t('Who sees what')} wide onClose={onClose}>
      <div aria-busy={!found && !failed} className="ke-coverage">
        {failed && <p className="k-note k-note-amber">{failed}</p>}
        {!found && !failed && <p className="sub">{t('Counting…')}</p>}
        {found && <Found found={found} />}
      </div>
    </Dialog>
  );
}

function Found({ found }: { found: Coverage }) {
  const total = found.about ? t('about {count}', { count: number(found.total) }) : number(found.total);
  const telling = found.problems.filter(({ severity }) => severity !== 'hint');
  return (
    <>
      <p className="sub">{t('Of {total} people who would get it, these are the mails that occur:', { total })}</p>
      <ul className="ke-combinations">
        {found.combinations.map((one) => (
          <Row key={one.shown.join()} one={one} isNothing={one.contact?.id === found.nothing?.contact?.id && found.nothing !== null} />
        ))}
      </ul>
      {found.others && (
        <p className="sub">
          {t('And {combinations} more combinations, {count} people together.', {
            combinations: found.others.combinations,
            count: found.others.count,
          })}
        </p>
      )}
      {telling.length > 0 && (
        <section aria-label={t('Worth a look')}>
          <h3>{t('Worth a look')}</h3>
          <CheckList
            checks={telling.map(({ message, block, severity = 'warning', code, data }) => ({ message, block: block || null, severity, code, data }))}
            onPick={() => show({ covering: false })}
          />
        </section>
      )}
    </>
  );
}

function Row({ one, isNothing }: { one: Combination; isNothing: boolean }) {
  const name = useBlockNames();
  return (
    <li>
      <div className="ke-share">
        <b className="num">{percent(one.share, 1)}</b>
        <span>{plural(one.count, 'One contact', '{count} contacts')}</span>
        <i aria-hidden="true" style={{ inlineSize: `${Math.max(1.5, one.share * 100)}%` }} />
      </div>
      <ul className="ke-seen">
        {one.shown.map((id) => (
          <li key={id}>
            <IconEye size={15} aria-label={t('Sees')} />
            <bdi>{name(id)}</bdi>
          </li>
        ))}
        {one.hidden.map((id) => (
          <li key={id} className="ke-unseen">
            <IconEyeOff size={15} aria-label={t('Does not see')} />
            <bdi>{name(id)}</bdi>
          </li>
        ))}
        {isNothing && <li className="k-error">{t('Nothing is left for them: they are not written to.')}</li>}
      </ul>
      {one.contact && <As person={one.contact} />}
    </li>
  );
}

function As({ person }: { person: Person }) {
  return (
    <button type="button" className="btn btn-sm" onClick={() => show({ person, covering: false, preview: false })}>
      <IconUserSearch size={15} aria-hidden="true" />
      <span className="k-truncate">{t('View as {name}', { name: person.name || person.email })}</span>
    </button>
  );
}
