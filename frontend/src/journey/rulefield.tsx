/** A rule in a panel: made with the journey's own words, its messages and what the event tells. Loaded when needed. */

import { lazy, Suspense } from 'react';
import { t } from '../lib/i18n';
import type { Rule } from '../rulebuilder/contract';
import { usePage } from './context';
import type { ValueProps } from './field';

const Builder = lazy(() => import('../rulebuilder/builder').then(({ RuleBuilder }) => ({ default: RuleBuilder })));

/** `inside`: the event is past, and the contact comes first. `bare`: what holds it says its name. */
type Props = ValueProps & { event?: string; inside?: boolean; bare?: boolean };

export function RuleField({ label, value, onChange, event = '', help = '', inside = false, bare = false }: Props) {
  const { urls } = usePage().data;
  const rule = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Rule) : null;
  const query = event ? `?event=${encodeURIComponent(event)}${inside ? '&inside=1' : ''}` : '';
  const isEmpty = (now: Rule) => JSON.stringify(now) === '{"all":[]}';
  return (
    <section className={`kj-setting ${rule ? '' : 'kj-unset'}`} aria-label={label}>
      {!bare && <h3 className="form-label">{label}</h3>}
      {help && <p className="kj-help kj-help-above">{help}</p>}
      <Suspense fallback={<p className="sub">{t('Loading…')}</p>}>
        <Builder
          key={event}
          label={label}
          value={rule}
          urls={{ look: urls.look, vocabulary: `${urls.vocabulary}${query}`, ask: urls.ask }}
          onChange={(now) => onChange(isEmpty(now) ? undefined : now)}
        />
      </Suspense>
    </section>
  );
}
