/** One control for each type of setting that a kind of step may have. */

import { lazy, type ReactNode, Suspense, useId } from 'react';
import { t } from '../lib/i18n';
import type { Json, Rule } from '../rulebuilder/contract';
import { readDuration, UNITS, type Unit, writeDuration } from '../rulebuilder/durations';
import { Branches } from './branches';
import { usePage } from './context';
import type { Setting, Step } from './contract';
import { Message } from './message';

const Builder = lazy(() => import('../rulebuilder/builder').then(({ RuleBuilder }) => ({ default: RuleBuilder })));
const Acts = lazy(() => import('./acts'));
export type Put = (part: Partial<Step>) => void;
type Props = { setting: Setting; step: Step; put: Put };

export function Field({ label, help, children }: { label: string; help?: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="kj-setting">
      <label className="form-label" htmlFor={id}>
        {label}
      </label>
      {children(id)}
      {help && <p className="kj-help">{help}</p>}
    </div>
  );
}

export function SettingControl({ setting, step, put }: Props) {
  const { data } = usePage();
  const value = step[setting.key];
  const write = (now: Json | undefined) => put({ [setting.key]: now === '' ? undefined : now } as Partial<Step>);
  if (setting.key === 'rule') return <RuleField label={setting.label} event={String(step.event ?? '')} value={value} onChange={write} />;
  switch (setting.type) {
    case 'rule':
      return <RuleField label={setting.label} value={value} onChange={write} help={setting.help} />;
    case 'duration':
      return <Duration label={setting.label} value={value} onChange={write} />;
    case 'offset':
      return <Offset label={setting.label} value={value} onChange={write} />;
    case 'lists':
    case 'changes':
      return (
        <Suspense fallback={<p className="sub">{t('Loading…')}</p>}>
          <Acts setting={setting} step={step} put={put} />
        </Suspense>
      );
    case 'branches':
      return <Branches step={step} put={put} />;
    case 'document':
      return <Message step={step} put={put} />;
    case 'weekdays':
      return <Weekdays label={setting.label} value={value} onChange={write} />;
    case 'toggle':
      return (
        <label className="form-check form-switch kj-setting">
          <input className="form-check-input" type="checkbox" checked={value === true} onChange={(event) => write(event.target.checked)} />
          <span className="form-check-label">{setting.label}</span>
        </label>
      );
    case 'staff':
      return <Staff label={setting.label} value={value} onChange={write} />;
    case 'choice':
      return <Pick label={setting.label} value={value} options={setting.choices} onChange={write} />;
    case 'journey':
      return <Pick label={setting.label} value={value} options={data.words.journeys} onChange={write} />;
    case 'event':
      return <Pick label={setting.label} value={value} options={events(data.palette.triggers)} onChange={write} />;
    case 'field': {
      const fields = data.words.fields.filter(({ type }) => !setting.fields.length || setting.fields.includes(type));
      return <Pick label={setting.label} value={value} options={fields} onChange={write} />;
    }
    default:
      return <Text setting={setting} value={value} onChange={write} />;
  }
}

const events = (triggers: readonly { kind: string; label: string }[]) =>
  triggers.filter(({ kind }) => kind !== 'date' && kind !== 'manual').map(({ kind, label }) => ({ key: kind, label }));

type ValueProps = { label: string; value: Json | undefined; onChange(value: Json | undefined): void; help?: string };
const TYPES: Readonly<Record<string, string>> = { time: 'time', moment: 'datetime-local', url: 'url', number: 'number' };

function Text({ setting, value, onChange }: Omit<ValueProps, 'label'> & { setting: Setting }) {
  const shown = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const isLtr = setting.type in TYPES;
  return (
    <Field label={setting.label} help={setting.help}>
      {(id) =>
        setting.type === 'long_text' ? (
          <textarea id={id} className="form-control" rows={4} dir="auto" value={shown} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <input
            id={id}
            className="form-control"
            type={TYPES[setting.type] ?? 'text'}
            dir={isLtr ? 'ltr' : 'auto'}
            value={shown}
            onChange={(event) => onChange(setting.type === 'number' && event.target.value ? event.target.valueAsNumber : event.target.value)}
          />
        )
      }
    </Field>
  );
}

export function Pick({ label, value, options, onChange }: ValueProps & { options: readonly { key: string; label: string }[] }) {
  const shown = typeof value === 'string' ? value : '';
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} className="form-select" value={shown} onChange={(event) => onChange(event.target.value || undefined)}>
          <option value="">{t('Choose')}</option>
          {shown && !options.some(({ key }) => key === shown) && <option value={shown}>{t('{name} (gone)', { name: shown })}</option>}
          {options.map((option) => (
            <option key={option.key} value={option.key}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

const UNIT_WORDS: Readonly<Record<Unit | 'minutes', () => string>> = {
  minutes: () => t('minutes'),
  hours: () => t('hours'),
  days: () => t('days'),
  weeks: () => t('weeks'),
  months: () => t('months'),
  years: () => t('years'),
};

/** A number and a unit; what is put together of several units stays as it is written until it is changed. */
function useSpan(value: Json | undefined): { count: number | ''; unit: Unit | 'minutes'; write(count: number, unit: Unit | 'minutes'): string } {
  const text = typeof value === 'string' ? value.replace(/^-/, '') : '';
  const minutes = /^PT(\d+)M$/.exec(text);
  const found = minutes ? { count: Number(minutes[1]), unit: 'minutes' as const } : readDuration(text);
  const write = (count: number, unit: Unit | 'minutes') => (unit === 'minutes' ? `PT${count}M` : writeDuration(count, unit));
  return { count: found?.count ?? '', unit: found?.unit ?? 'days', write };
}

export function Duration({ label, value, onChange }: ValueProps) {
  const { count, unit, write } = useSpan(value);
  return (
    <Field label={label}>
      {(id) => (
        <div className="kj-row">
          <input
            id={id}
            className="form-control kj-count"
            type="number"
            min={1}
            dir="ltr"
            value={count}
            onChange={(event) => onChange(event.target.valueAsNumber >= 1 ? write(event.target.valueAsNumber, unit) : undefined)}
          />
          <select className="form-select" aria-label={t('Unit')} value={unit} onChange={(event) => onChange(write(count || 1, event.target.value as Unit))}>
            {(['minutes', ...UNITS] as const).map((one) => (
              <option key={one} value={one}>
                {UNIT_WORDS[one]()}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  );
}

export function Offset({ label, value, onChange }: ValueProps) {
  const isBefore = typeof value === 'string' && value.startsWith('-');
  const side = typeof value !== 'string' ? '' : isBefore ? '-' : '+';
  const plain = typeof value === 'string' ? value.replace(/^-/, '') : undefined;
  return (
    <>
      <Field label={label}>
        {(id) => (
          <select
            id={id}
            className="form-select"
            value={side}
            onChange={(event) => onChange(event.target.value ? `${event.target.value === '-' ? '-' : ''}${plain ?? 'P1D'}` : undefined)}
          >
            <option value="">{t('on the day itself')}</option>
            <option value="-">{t('before it')}</option>
            <option value="+">{t('after it')}</option>
          </select>
        )}
      </Field>
      {side && <Duration label={t('How long')} value={plain} onChange={(now) => onChange(typeof now === 'string' ? `${isBefore ? '-' : ''}${now}` : now)} />}
    </>
  );
}

function Weekdays({ label, value, onChange }: ValueProps) {
  const { palette } = usePage().data;
  const chosen = Array.isArray(value) ? value.map(String) : [];
  return (
    <fieldset className="kj-setting">
      <legend className="form-label">{label}</legend>
      <div className="kj-days">
        {Object.entries(palette.weekdays).map(([key, name]) => (
          <button
            key={key}
            type="button"
            className="btn btn-sm"
            aria-pressed={chosen.includes(key)}
            onClick={() => {
              const now = chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key];
              onChange(now.length ? now : undefined);
            }}
          >
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Staff({ label, value, onChange }: ValueProps) {
  const { staff } = usePage().data.words;
  const chosen = Array.isArray(value) ? value.map(String) : [];
  return (
    <fieldset className="kj-setting">
      <legend className="form-label">{label}</legend>
      {staff.map((email) => (
        <label key={email} className="form-check">
          <input
            className="form-check-input"
            type="checkbox"
            checked={chosen.includes(email)}
            onChange={(event) => {
              const now = event.target.checked ? [...chosen, email] : chosen.filter((one) => one !== email);
              onChange(now.length ? now : undefined);
            }}
          />
          <bdi className="form-check-label" dir="ltr">
            {email}
          </bdi>
        </label>
      ))}
    </fieldset>
  );
}

type RuleProps = ValueProps & { event?: string };

/** A rule is made with the journey's own words: its messages, and what the event tells. */
export function RuleField({ label, value, onChange, event = '', help = '' }: RuleProps) {
  const { urls } = usePage().data;
  const rule = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Rule) : null;
  const query = event ? `?event=${encodeURIComponent(event)}` : '';
  const isEmpty = (now: Rule) => JSON.stringify(now) === '{"all":[]}';
  return (
    <section className="kj-setting" aria-label={label}>
      <h3 className="form-label">{label}</h3>
      {help && <p className="kj-help">{help}</p>}
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
