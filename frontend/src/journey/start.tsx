/** What begins the journey, how often, what ends it early, and what it is for. */

import { IconPlus, IconTrash } from '@tabler/icons-react';
import { t } from '../lib/i18n';
import type { Json, Rule } from '../rulebuilder/contract';
import { usePage } from './context';
import type { Trigger } from './contract';
import { IconButton } from './icons';
import { Duration, Field, Offset, Pick, RuleField } from './settings';
import { patchGraph, useJourney, useView } from './store';

export function StartSettings() {
  const graph = useJourney((state) => state.graph);
  const told = useView((state) => state.told);
  const { data } = usePage();
  const write = (triggers: Trigger[]) => patchGraph({ triggers });
  const reentry = graph.reentry ?? { policy: 'one_at_a_time' };
  const policies = Object.entries(data.palette.policies).map(([key, label]) => ({ key, label }));
  return (
    <>
      {graph.triggers.map((trigger, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: triggers have no identity but their place
        <section key={at} className="kj-branch" aria-label={told.triggers[at] ?? t('Trigger')}>
          <TriggerFields
            trigger={trigger}
            onChange={(now) => write(graph.triggers.map((one, place) => (place === at ? now : one)))}
            onRemove={() => write(graph.triggers.toSpliced(at, 1))}
          />
        </section>
      ))}
      <button type="button" className="btn btn-sm" onClick={() => write([...graph.triggers, { kind: 'contact.created' }])}>
        <IconPlus size={15} aria-hidden="true" /> {t('Add a trigger')}
      </button>
      <hr />
      <Pick
        label={t('The same person')}
        value={reentry.policy}
        options={policies}
        onChange={(policy) => patchGraph({ reentry: { ...reentry, policy: String(policy ?? 'one_at_a_time'), ...(policy === 'after' ? { after: reentry.after ?? 'P30D' } : {}) } })}
      />
      {reentry.policy === 'after' && (
        <Duration label={t('No earlier than')} value={reentry.after} onChange={(after) => patchGraph({ reentry: { ...reentry, after: String(after ?? 'P30D') } })} />
      )}
      <Ending name="exit_if" label={t('Leave the journey when')} />
      <Ending name="goal" label={t('The goal is reached when')} />
    </>
  );
}

/** A rule that may be there or not. */
function Ending({ name, label }: { name: 'exit_if' | 'goal'; label: string }) {
  const value = useJourney((state) => state.graph[name]) as Record<string, Json> | null | undefined;
  const rule = value && name === 'goal' && 'rule' in value ? value.rule : value;
  const write = (now: Json | undefined) => {
    const made = now && name === 'goal' && value && 'rule' in value ? { ...value, rule: now } : now;
    patchGraph({ [name]: (made ?? null) as Rule | null });
  };
  return (
    <details className="kj-more" open={!!value}>
      <summary>{label}</summary>
      <RuleField label={label} value={rule as Json | undefined} onChange={write} />
    </details>
  );
}

type Props = { trigger: Trigger; onChange(trigger: Trigger): void; onRemove(): void };

function TriggerFields({ trigger, onChange, onRemove }: Props) {
  const { data } = usePage();
  const { words, palette } = data;
  const put = (part: Partial<Trigger>) =>
    onChange(Object.fromEntries(Object.entries({ ...trigger, ...part }).filter(([, value]) => value !== undefined)) as Trigger);
  const dates = words.fields.filter(({ type }) => type === 'date' || type === 'date_time');
  return (
    <>
      <div className="kj-row kj-row-end">
        <Field label={t('Trigger')}>
          {(id) => (
            <select id={id} className="form-select" value={trigger.kind} onChange={(event) => onChange({ kind: event.target.value })}>
              {palette.triggers.map((one) => (
                <option key={one.kind} value={one.kind}>
                  {one.label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <IconButton label={t('Delete')} onClick={onRemove}>
          <IconTrash size={15} aria-hidden="true" />
        </IconButton>
      </div>
      {trigger.kind.startsWith('list.') && <Pick label={t('List')} value={trigger.list} options={words.acts.lists} onChange={(list) => put({ list })} />}
      {trigger.kind.startsWith('segment.') && (
        <Pick label={t('Segment')} value={trigger.segment} options={words.segments} onChange={(segment) => put({ segment })} />
      )}
      {trigger.kind === 'contact.updated' && (
        <Pick
          label={t('Only when this field changes')}
          value={Array.isArray(trigger.changed) ? trigger.changed[0] : trigger.changed}
          options={words.fields}
          onChange={(key) => put({ changed: key ? [key] : undefined })}
        />
      )}
      {trigger.kind === 'date' && (
        <>
          <Pick label={t('Date field')} value={trigger.field} options={dates} onChange={(field) => put({ field })} />
          <Offset label={t('When')} value={trigger.offset} onChange={(offset) => put({ offset })} />
          <Field label={t('Hour')}>
            {(id) => (
              <input
                id={id}
                className="form-control"
                type="time"
                dir="ltr"
                value={String(trigger.at ?? '')}
                onChange={(event) => put({ at: event.target.value || undefined })}
              />
            )}
          </Field>
          <Pick
            label={t('The date comes round')}
            value={trigger.every}
            options={[
              { key: 'year', label: t('every year') },
              { key: 'month', label: t('every month') },
            ]}
            onChange={(every) => put({ every })}
          />
        </>
      )}
      {trigger.kind !== 'manual' && (
        <details className="kj-more" open={!!trigger.rule}>
          <summary>{t('Only if')}</summary>
          <RuleField
            label={t('Only if')}
            event={trigger.kind === 'date' ? '' : trigger.kind}
            value={trigger.rule}
            onChange={(rule) => put({ rule: rule as Rule | undefined } as Partial<Trigger>)}
          />
        </details>
      )}
    </>
  );
}
