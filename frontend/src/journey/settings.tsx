/** One control for each type of setting that a step or a trigger may have; all of them made from the server's schema. */

import { lazy, Suspense, useId, useState } from 'react';
import { t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import { Several, Staff, Weekdays } from './choices';
import { usePage } from './context';
import type { Setting, Step } from './contract';
import { Field, Pick, Text } from './field';
import { Message } from './message';
import { eventOf } from './model';
import { Phones } from './phones';
import { RuleField } from './rulefield';
import { Shares } from './shares';
import { Duration, Offset } from './spans';
import { Split } from './split';
import { useJourney } from './store';

const Acts = lazy(() => import('./acts'));
export type Put = (part: Partial<Step>) => void;
/** `id` is the step's key; "" for a trigger. */
type Props = { setting: Setting; step: Step; put: Put; id: string };

export function SettingControl({ setting, step, put, id }: Props) {
  const { data } = usePage();
  const started = useJourney((state) => eventOf(state.graph));
  const { label, help } = setting;
  const value = step[setting.key];
  const write = (now: Json | undefined) => put({ [setting.key]: now === '' ? undefined : now } as Partial<Step>);
  if (setting.key === 'rule') return <RuleField label={label} help={help} event={String(step.event ?? started)} inside={!step.event} value={value} onChange={write} />;
  switch (setting.type) {
    case 'rule':
      return <RuleField label={label} value={value} onChange={write} help={help} event={started} inside />;
    case 'duration':
      return <Duration label={label} value={value} onChange={write} help={help} />;
    case 'offset':
      return <Offset label={label} value={value} onChange={write} />;
    case 'lists':
    case 'changes':
    case 'from_event':
      return (
        <Suspense fallback={<p className="sub">{t('Loading…')}</p>}>
          <Acts setting={setting} step={step} put={put} />
        </Suspense>
      );
    case 'branches':
      return step.kind === 'random_split' ? <Shares id={id} /> : <Split id={id} />;
    case 'document':
      return <Message step={step} put={put} id={id} />;
    case 'weekdays':
      return <Weekdays label={label} value={value} onChange={write} help={help} />;
    case 'toggle':
      return <Toggle label={label} help={help} isOn={value === true} onChange={(isOn) => write(isOn || undefined)} />;
    case 'staff':
      return <Staff label={label} value={value} onChange={write} help={help} />;
    case 'phones':
      return <Phones label={label} value={value} onChange={write} help={help} />;
    case 'choice':
      return <Pick label={label} value={value ?? setting.default} options={setting.choices} onChange={write} help={help} none={setting.default ? null : undefined} />;
    case 'journey':
      return <Pick label={label} value={value} options={data.words.journeys} onChange={write} help={help} />;
    case 'list':
      return <Pick label={label} value={value} options={data.words.acts.lists} onChange={write} help={help} />;
    case 'segment':
      return <Pick label={label} value={value} options={data.words.segments} onChange={write} help={help} />;
    case 'fields':
      return <Several label={label} value={value} options={data.words.fields} onChange={write} help={help} />;
    case 'event':
      return <Pick label={label} value={value} options={events(data.palette.triggers)} onChange={write} help={help} />;
    case 'field': {
      const fields = data.words.fields.filter(({ type }) => !setting.fields.length || setting.fields.includes(type));
      return <Pick label={label} value={value} options={fields} onChange={write} help={help} />;
    }
    default:
      return <Text setting={setting} value={value} onChange={write} />;
  }
}

const events = (triggers: readonly { kind: string; label: string }[]) =>
  triggers.filter(({ kind }) => kind !== 'date' && kind !== 'manual').map(({ kind, label }) => ({ key: kind, label }));

type ToggleProps = { label: string; help?: string; isOn: boolean; onChange(isOn: boolean): void };

export function Toggle({ label, help, isOn, onChange }: ToggleProps) {
  const id = useId();
  return (
    <div className="kj-setting">
      <label className="form-check form-switch">
        <input className="form-check-input" type="checkbox" checked={isOn} aria-describedby={help ? id : undefined} onChange={(event) => onChange(event.target.checked)} />
        <span className="form-check-label">{label}</span>
      </label>
      {help && (
        <p id={id} className="kj-help">
          {help}
        </p>
      )}
    </div>
  );
}

type ListProps = { settings: readonly Setting[]; step: Step; put: Put; id: string };

/** The settings in their order. Of several that exclude each other one is chosen; what says nothing yet is left out. */
export function Settings({ settings, step, put, id }: ListProps) {
  const seen = new Set<string>();
  return settings.map((setting) => {
    if (setting.goes_with && !step[setting.goes_with]) return null;
    if (setting.key === 'field' && settings.some(({ type }) => type === 'branches')) return null; // its ways ask for it
    if (!setting.one_of) return <SettingControl key={setting.key} setting={setting} step={step} put={put} id={id} />;
    if (seen.has(setting.one_of)) return null;
    seen.add(setting.one_of);
    const among = settings.filter(({ one_of }) => one_of === setting.one_of);
    return <OneOf key={setting.one_of} settings={among} step={step} put={put} id={id} />;
  });
}

/** A wait may be for none of them: only until an hour, or a day of the week. */
const CLOCK = 'clock';

function OneOf({ settings, step, put, id }: ListProps) {
  const given = settings.find(({ key }) => step[key] !== undefined && step[key] !== null);
  const isClock = step.kind === 'wait' && !given && (step.at !== undefined || step.weekdays !== undefined);
  const [wanted, setWanted] = useState(given?.key ?? (isClock ? CLOCK : (settings[0]?.key ?? '')));
  const chosen = given ?? (wanted === CLOCK ? undefined : (settings.find(({ key }) => key === wanted) ?? settings[0]));
  return (
    <>
      <Field label={t('One of these')}>
        {(field) => (
          <select
            id={field}
            className="form-select"
            value={chosen?.key ?? CLOCK}
            onChange={(event) => {
              setWanted(event.target.value);
              put(Object.fromEntries(settings.map(({ key }) => [key, undefined])) as Partial<Step>);
            }}
          >
            {settings.map(({ key, label }) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
            {step.kind === 'wait' && <option value={CLOCK}>{t('Only until the hour or the day below')}</option>}
          </select>
        )}
      </Field>
      {chosen && <SettingControl setting={chosen} step={step} put={put} id={id} />}
    </>
  );
}
