/** What begins the journey, how often, what ends it early, and what it is for. */

import { IconPlus, IconTrash, IconUsers } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { post } from '../lib/api';
import { number, plural, t } from '../lib/i18n';
import type { Json, Rule } from '../rulebuilder/contract';
import { usePage } from './context';
import type { Step, Trigger } from './contract';
import { Field, More, Pick } from './field';
import { IconButton } from './icons';
import { RuleField } from './rulefield';
import { Settings, Toggle } from './settings';
import { Duration } from './spans';
import { patchGraph, useJourney, useView } from './store';

/** What a new trigger most likely is. */
const USUAL = ['list.joined', 'contact.updated'];

export function StartSettings() {
  const graph = useJourney((state) => state.graph);
  const { data } = usePage();
  const write = (triggers: Trigger[]) => patchGraph({ triggers });
  const isUsed = (kind: string) => graph.triggers.some((one) => one.kind === kind);
  const usual = [...USUAL, ...data.palette.triggers.map(({ kind }) => kind)].find((kind) => !isUsed(kind));
  return (
    <>
      {!graph.triggers.length && <p className="kj-help">{t('Without a trigger people come in only by hand, or from another journey.')}</p>}
      {graph.triggers.map((trigger, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: triggers have no identity but their place
        <section key={at} className="kj-branch" aria-label={t('Trigger {number}', { number: at + 1 })}>
          <TriggerFields
            trigger={trigger}
            onChange={(now) => write(graph.triggers.map((one, place) => (place === at ? now : one)))}
            onRemove={() => write(graph.triggers.toSpliced(at, 1))}
          />
        </section>
      ))}
      <button
        type="button"
        className="btn btn-sm"
        onClick={(event) => {
          if (!usual) return;
          const list = event.currentTarget.parentElement;
          write([...graph.triggers, { kind: usual }]);
          requestAnimationFrame(() => [...(list?.querySelectorAll<HTMLElement>('.kj-trigger') ?? [])].at(-1)?.focus());
        }}
      >
        <IconPlus size={15} aria-hidden="true" /> {t('Add a trigger')}
      </button>
      <hr />
      <Reentry />
      <Ending name="exit_if" label={t('Leave the journey when')} help={t('Asked again before every message is sent.')} />
      <Ending name="goal" label={t('The goal is reached when')} help={t('Counted in the reports. Whoever reaches it leaves the journey, unless you say otherwise.')} />
      <More label={t('Keep some out, to compare')} open={!!graph.holdout}>
        <Field label={t('How many in a hundred')} help={t('By lot; they get nothing, and the report shows what the journey added.')}>
          {(id) => (
            <input
              id={id}
              className="form-control kj-count"
              type="number"
              min={0}
              max={90}
              dir="ltr"
              value={graph.holdout || ''}
              onChange={(event) => patchGraph({ holdout: Math.min(90, Math.max(0, event.target.valueAsNumber || 0)) })}
            />
          )}
        </Field>
      </More>
    </>
  );
}

function Reentry() {
  const graph = useJourney((state) => state.graph);
  const { palette, words } = usePage().data;
  const reentry = graph.reentry ?? { policy: 'one_at_a_time' };
  const policies = Object.entries(palette.policies).map(([key, label]) => ({ key, label }));
  const put = (part: Partial<typeof reentry>) => patchGraph({ reentry: { ...reentry, ...part } });
  const subjects = graph.triggers.flatMap(({ kind }) => words.entries[kind] ?? []).filter(({ key }) => key.endsWith('_id'));
  const by = [...new Map(subjects.map(({ key, label }) => [key.replace(/_id$/, ''), label]))].map(([key, label]) => ({ key, label }));
  return (
    <>
      <Pick
        label={t('The same person')}
        value={reentry.policy}
        options={policies}
        onChange={(policy) => put({ policy: String(policy ?? 'one_at_a_time'), ...(policy === 'after' ? { after: reentry.after ?? 'P30D' } : {}) })}
      />
      {reentry.policy === 'after' && <Duration label={t('No earlier than')} value={reentry.after} onChange={(after) => put({ after: String(after ?? 'P30D') })} />}
      {(by.length > 0 || (reentry.by && reentry.by !== 'contact')) && (
        <Pick
          label={t('Counted apart for each')}
          value={reentry.by === 'contact' ? undefined : reentry.by}
          none={t('contact')}
          options={by}
          help={t('Two of them at once go their own ways.')}
          onChange={(subject) => put({ by: String(subject ?? 'contact') })}
        />
      )}
    </>
  );
}

type Goal = { rule: Json; exits?: boolean; name?: string };

/** A rule that may be there or not. */
function Ending({ name, label, help }: { name: 'exit_if' | 'goal'; label: string; help: string }) {
  const value = useJourney((state) => state.graph[name]) as Record<string, Json> | null | undefined;
  const told = useView((state) => state.told[name]);
  const goal = value && name === 'goal' ? (('rule' in value ? value : { rule: value }) as Goal) : null;
  const rule = goal ? goal.rule : value;
  const write = (now: Json | undefined) => {
    const made = now && goal ? (goal.exits === false || goal.name ? { ...goal, rule: now } : now) : now;
    patchGraph({ [name]: (made ?? null) as Rule | null });
  };
  return (
    <More label={label} said={value ? told : ''} open={!!value}>
      <RuleField label={label} value={rule as Json | undefined} onChange={write} help={help} bare />
      {goal && (
        <Toggle
          label={t('Whoever reaches it leaves the journey')}
          isOn={goal.exits !== false}
          onChange={(exits) => patchGraph({ goal: (exits ? goal.rule : { ...goal, exits }) as Rule })}
        />
      )}
    </More>
  );
}

type Props = { trigger: Trigger; onChange(trigger: Trigger): void; onRemove(): void };

function TriggerFields({ trigger, onChange, onRemove }: Props) {
  const { palette } = usePage().data;
  const kind = palette.triggers.find((one) => one.kind === trigger.kind);
  const put = (part: Partial<Step>) => onChange(Object.fromEntries(Object.entries({ ...trigger, ...part }).filter(([, value]) => value !== undefined)) as Trigger);
  return (
    <>
      <div className="kj-row kj-row-end">
        <Field label={t('Trigger')}>
          {(id) => (
            <select id={id} className="form-select kj-trigger" value={trigger.kind} onChange={(event) => onChange({ kind: event.target.value })}>
              {palette.triggers.map((one) => (
                <option key={one.kind} value={one.kind}>
                  {one.label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <IconButton label={t('Delete the trigger')} onClick={onRemove}>
          <IconTrash size={15} aria-hidden="true" />
        </IconButton>
      </div>
      <Settings settings={kind?.settings ?? []} step={trigger as Step} put={put} id="" />
      {trigger.kind !== 'manual' && (
        <More label={t('Only if')} open={!!trigger.rule}>
          <RuleField
            bare
            label={t('Only if')}
            event={trigger.kind === 'date' ? '' : trigger.kind}
            value={trigger.rule}
            onChange={(rule) => put({ rule } as Partial<Step>)}
          />
        </More>
      )}
      <Audience trigger={trigger} />
    </>
  );
}

type Told = { sentence: string; count: number | null; about: boolean };
const PAUSE_MS = 400;

/** The trigger as a sentence, and how many would come in. */
function Audience({ trigger }: { trigger: Trigger }) {
  const { urls } = usePage().data;
  const [told, setTold] = useState<Told | null>(null);
  const asked = JSON.stringify(trigger);
  const says = trigger.rule !== undefined || trigger.kind === 'date'; // else everybody to whom it happens
  useEffect(() => {
    const abort = new AbortController();
    const ask = () => post<Told>(urls.look, { trigger: JSON.parse(asked) }, { signal: abort.signal }).then(setTold);
    const timer = setTimeout(() => void ask().catch(() => undefined), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, urls.look]);
  if (!told) return null;
  return (
    <div className="kj-audience" role="status">
      <p>{told.sentence}</p>
      {told.count !== null && says && (
        <small>
          <IconUsers size={14} aria-hidden="true" />{' '}
          {told.about
            ? t('About {count} contacts would pass', { count: number(told.count) })
            : plural(told.count, 'One contact would pass', '{count} contacts would pass')}
        </small>
      )}
    </div>
  );
}
