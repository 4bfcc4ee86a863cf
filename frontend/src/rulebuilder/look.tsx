/** The rule in words, how many people it finds, and a few of them: asked of the server as the rule changes. */

import { IconAlertTriangle, IconCloudOff, IconUsers } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { OfflineError, post } from '../lib/api';
import type { Look, Rule } from './contract';
import { number, plural, t } from './words';

export type Seen = { state: 'asking' | 'told' | 'offline' | 'failed'; look: Look | null };

const PAUSE_MS = 220;

/** The newest answer only: what was asked about an older rule is dropped on its way. */
export function useLook(url: string, rule: Rule): Seen {
  const [seen, setSeen] = useState<Seen>({ state: 'asking', look: null });
  const asked = JSON.stringify(rule);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async (exact: boolean) => {
      const look = await post<Look>(url, { rule: JSON.parse(asked), exact }, { signal: stop.signal });
      setSeen({ state: 'told', look });
      if (look.about && !exact) await ask(true);
    };
    const fail = (error: unknown) => {
      if (stop.signal.aborted) return;
      setSeen((before) => ({ ...before, state: error instanceof OfflineError ? 'offline' : 'failed' }));
    };
    setSeen((before) => ({ ...before, state: 'asking' }));
    const start = () => void ask(false).catch(fail);
    const timer = setTimeout(start, PAUSE_MS);
    addEventListener('online', start, { signal: stop.signal });
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [url, asked]);
  return seen;
}

type Props = { seen: Seen; isEmpty: boolean; noun: 'contact' | 'block'; reach?: string | undefined };

export function LookBar({ seen, isEmpty, noun, reach }: Props) {
  const { look, state } = seen;
  const errors = look?.problems.filter(({ severity }) => severity === 'error') ?? [];
  const isUnfinished = errors.length > 0;
  const isMissing = errors.every(({ code }) => code === 'no_value');
  return (
    <section className="kr-look" aria-label={t('What it means')}>
      <div className="kr-sentence">
        <small>{t('In words')}</small>
        <p className={state === 'asking' ? 'kr-stale' : ''}>
          {isEmpty ? (
            <b>{noun === 'block' ? t('Everybody sees it') : t('Everybody')}</b>
          ) : isUnfinished ? (
            <span className="sub">
              {isMissing ? t('Fill in what is missing and the sentence will stand here.') : t('Put right what is marked and the sentence will stand here.')}
            </span>
          ) : (
            <b>
              <span>{look?.sentence ?? '…'}</span>
            </b>
          )}
        </p>
      </div>
      <div className="kr-reach" role="status" aria-live="polite">
        <Reach seen={seen} isUnfinished={isUnfinished} noun={noun} reach={reach} />
      </div>
      {!isUnfinished && (look?.examples.length ?? 0) > 0 && !isEmpty && (
        <p className="kr-examples">
          {t('For example:')}{' '}
          {look?.examples.map((one, index) => (
            <span key={one.id}>
              {index > 0 && ', '}
              <a href={one.url} target="_blank" rel="noreferrer">
                <bdi>{one.name}</bdi>
              </a>
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

type ReachProps = Omit<Props, 'isEmpty'> & { isUnfinished: boolean };

function Reach({ seen: { look, state }, isUnfinished, noun, reach }: ReachProps) {
  if (state === 'offline' || state === 'failed') {
    return (
      <span className="kr-offline">
        <IconCloudOff size={16} aria-hidden="true" />
        {state === 'offline' ? t('No connection: nothing is counted now') : t('Could not be counted; change something to try again')}
      </span>
    );
  }
  if (isUnfinished) {
    return (
      <span className="kr-wait">
        <IconAlertTriangle size={16} aria-hidden="true" /> {t('Not finished yet')}
      </span>
    );
  }
  if (!look) return <span className="sub">{t('Counting…')}</span>;
  const isCounting = state === 'asking';
  return (
    <span className={isCounting ? 'kr-stale' : ''}>
      <IconUsers size={16} aria-hidden="true" />
      {(reach ?? look.reach) ? (reach ?? look.reach) : look.count === null ? t('Too many to count quickly') : reachWords(look.count, look.about, noun)}
    </span>
  );
}

function reachWords(count: number, about: boolean, noun: Props['noun']): string {
  const words =
    noun === 'block'
      ? plural(count, 'One contact will see the block', '{count} contacts will see the block')
      : plural(count, 'One contact matches', '{count} contacts match');
  if (!about) return words;
  return noun === 'block'
    ? t('About {count} will see the block; counting…', { count: number(rounded(count)) })
    : t('About {count} match; counting…', { count: number(rounded(count)) });
}

/** An estimate is not told to the last digit. */
function rounded(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.round(count / step) * step;
}
