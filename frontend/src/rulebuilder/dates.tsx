/** Days, months, durations and periods. */

import type { Field, Json, Rule } from './contract';
import { readDuration, UNITS, type Unit, writeDuration } from './durations';
import { language, t } from './words';

type Props = {
  label: string;
  field?: Field;
  value: Json | undefined;
  onChange(value: Json | undefined, what?: string): void;
  invalid?: boolean | undefined;
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

type SelectProps = {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  /** The usual answer, which is said quietly. */
  usual?: string;
  onChange(value: string): void;
};

export function Select({ label, value, options, usual, onChange }: SelectProps) {
  return (
    <select className={`form-select kr-select ${value === usual ? 'kr-quiet' : ''}`} aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {options.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </select>
  );
}

/** A day of the calendar, or whichever day it is when it is asked. */
export function DateEditor({ label, value, onChange, invalid }: Props) {
  const isToday = value === 'today';
  return (
    <div className="kr-join">
      <Select
        label={t('{what}: which day', { what: label })}
        value={isToday ? 'today' : 'day'}
        options={[
          ['day', t('the day')],
          ['today', t('today')],
        ]}
        onChange={(mode) => onChange(mode === 'today' ? 'today' : undefined)}
      />
      {!isToday && <DayInput label={label} value={value} onChange={onChange} invalid={invalid} />}
    </div>
  );
}

export function DayInput({ label, value, onChange, invalid }: Props) {
  const text = typeof value === 'string' ? value : '';
  const isDay = text === '' || DAY.test(text);
  return (
    <input
      type={isDay ? 'date' : 'text'}
      className="form-control kr-day"
      dir="ltr"
      aria-label={label}
      aria-invalid={invalid || undefined}
      min="1000-01-01"
      max="9999-12-31"
      value={text}
      onChange={(event) => onChange(event.target.value || undefined, 'day')}
    />
  );
}

const unitWords = (): Record<Unit, string> => ({
  hours: t('hours'),
  days: t('days'),
  weeks: t('weeks'),
  months: t('months'),
  years: t('years'),
});

export function DurationEditor({ label, value, onChange, invalid, wholeDays = false }: Props & { wholeDays?: boolean }) {
  const read = value === undefined ? { count: Number.NaN, unit: 'days' as Unit } : readDuration(value);
  const words = unitWords();
  const units = UNITS.filter((unit) => !(wholeDays && unit === 'hours')).map((unit) => [unit, words[unit]] as const);
  if (!read) {
    return (
      <input className="form-control kr-day" dir="ltr" aria-label={label} value={String(value)} onChange={(event) => onChange(event.target.value)} />
    );
  }
  return (
    <div className="kr-join">
      <input
        className="form-control kr-count num"
        inputMode="numeric"
        dir="ltr"
        aria-label={t('{what}: how many', { what: label })}
        aria-invalid={invalid || undefined}
        maxLength={4}
        value={Number.isNaN(read.count) ? '' : read.count}
        onChange={(event) => {
          const digits = event.target.value.replace(/\D/g, '');
          onChange(digits ? writeDuration(Number(digits), read.unit) : undefined, 'count');
        }}
      />
      <Select
        label={t('{what}: unit', { what: label })}
        value={read.unit}
        options={units}
        onChange={(unit) => onChange(writeDuration(Number.isNaN(read.count) ? 1 : read.count, unit as Unit))}
      />
    </div>
  );
}

function monthNames(): string[] {
  const names = new Intl.DateTimeFormat(`${language()}-IL`, { month: 'long', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, month) => names.format(new Date(Date.UTC(2026, month, 1))));
}

export function MonthEditor({ label, value, onChange }: Props) {
  const options = [
    ['this', t('this month')],
    ['next', t('next month')],
    ['last', t('last month')],
    ...monthNames().map((name, at) => [String(at + 1), name]),
  ] as [string, string][];
  return (
    <Select label={label} value={String(value ?? '')} options={options} onChange={(month) => onChange(/^\d/.test(month) ? Number(month) : month)} />
  );
}

const two = (number: number): string => String(number).padStart(2, '0');
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function MonthDayEditor({ label, value, onChange }: Props) {
  const found = typeof value === 'string' ? /^(\d\d)-(\d\d)$/.exec(value) : null;
  const month = Number(found?.[1] ?? 1);
  const day = Number(found?.[2] ?? 1);
  const longest = LONGEST[month - 1] ?? 31;
  const days = Array.from({ length: longest }, (_, at) => [String(at + 1), String(at + 1)] as const);
  const months = monthNames().map((name, at) => [String(at + 1), name] as const);
  return (
    <div className="kr-join">
      <Select
        label={t('{what}: which day', { what: label })}
        value={found ? 'day' : 'today'}
        options={[
          ['today', t('today')],
          ['day', t('the day')],
        ]}
        onChange={(mode) => onChange(mode === 'today' ? 'today' : '01-01')}
      />
      {found && (
        <>
          <Select label={t('{what}: day', { what: label })} value={String(day)} options={days} onChange={(next) => onChange(`${two(month)}-${two(Number(next))}`)} />
          <Select
            label={t('{what}: month', { what: label })}
            value={String(month)}
            options={months}
            onChange={(next) => onChange(`${two(Number(next))}-${two(Math.min(day, LONGEST[Number(next) - 1] ?? 31))}`)}
          />
        </>
      )}
    </div>
  );
}

const PERIOD = ['within', 'since', 'until'] as const;
type PeriodProps = { label: string; ever: string | null; period: Rule; today: string; onChange(period: Rule, what?: string): void };

/** When: ever, in the last so long, since a day, until a day, between two days. `ever` null: it has to be said. */
export function PeriodEditor({ label, ever, period, today, onChange }: PeriodProps) {
  const mode = period.within ? 'within' : period.since && period.until ? 'between' : period.since ? 'since' : period.until ? 'until' : 'ever';
  const start: Record<string, Rule> = {
    ever: {},
    within: { within: 'P30D' },
    since: { since: period.since ?? today },
    until: { until: period.until ?? today },
    between: { since: period.since ?? today, until: period.until ?? today },
  };
  const options = [
    ...(ever === null ? [] : [['ever', ever]]),
    ['within', t('in the last')],
    ['since', t('since')],
    ['until', t('until')],
    ['between', t('between')],
  ] as [string, string][];
  const end = (key: 'since' | 'until', words: string) => (
    <DayInput label={`${label}: ${words}`} value={period[key]} onChange={(day) => onChange({ ...period, [key]: day ?? today }, key)} />
  );
  return (
    <div className="kr-join">
      <Select label={label} value={mode} options={options} usual="ever" onChange={(next) => onChange(start[next] ?? {})} />
      {mode === 'within' && <DurationEditor label={label} value={period.within} onChange={(within, what) => onChange({ within: within ?? 'P1D' }, what)} />}
      {(mode === 'since' || mode === 'between') && end('since', t('since'))}
      {mode === 'between' && <span className="kr-and">{t('to')}</span>}
      {(mode === 'until' || mode === 'between') && end('until', t('until'))}
    </div>
  );
}

/** The part of a condition that says when. */
export function periodOf(json: Rule): Rule {
  return Object.fromEntries(PERIOD.flatMap((key) => (json[key] === undefined || json[key] === null ? [] : [[key, json[key]]]))) as Rule;
}

/** The condition with another period; everything else keeps its place. */
export function withPeriod(json: Rule, period: Rule): Rule {
  const { within: _within, since: _since, until: _until, ...rest } = json;
  return { ...rest, ...period };
}
