/** What somebody did: how often, when, with which data, which message, and whether a machine counts. */

import { IconPlus, IconX } from '@tabler/icons-react';
import type { Field, Json, Kind, Rule } from './contract';
import { PeriodEditor, periodOf, Select, withPeriod } from './dates';
import { NumberEditor, ValueEditor } from './editors';
import { Picker } from './picker';
import { useBuilder } from './store';
import { carried, entryField, kindOf, MESSAGE_KIND, spelled, startOf } from './subjects';
import { isObject } from './tree';
import { t } from './words';

type Props = { json: Rule; name: string; negated: boolean; onChange(json: Rule, what?: string): void };

export function DidDetails({ json, name, negated, onChange }: Props) {
  const { words } = useBuilder();
  const kind = kindOf(json, words);
  const where = isObject(json.where) ? json.where : {};
  const setWhere = (next: Rule, what?: string) => {
    const { where: _old, ...rest } = json;
    onChange(Object.keys(next).length ? inOrder({ ...rest, where: next }) : rest, what);
  };
  const isMessage = MESSAGE_KIND.test(String(json.did));
  return (
    <div className="kr-details">
      <TimesEditor label={t('{what}: how often', { what: name })} json={json} negated={negated} onChange={onChange} />
      <PeriodEditor
        label={t('{what}: when', { what: name })}
        ever={t('ever')}
        period={periodOf(json)}
        today={words.today}
        onChange={(period, what) => onChange(withPeriod(json, period), what)}
      />
      {(isMessage || 'message' in where) && (
        <MessageEditor label={t('{what}: which message', { what: name })} where={where} onChange={setWhere} />
      )}
      {(isMessage || 'by' in json) && (
        <Select
          label={t('{what}: by whom', { what: name })}
          value={json.by === 'any' ? 'any' : 'human'}
          usual="human"
          options={[
            ['human', t('by a person')],
            ['any', t('by a person or a machine')],
          ]}
          onChange={(by) => {
            const { by: _old, ...rest } = json;
            onChange(by === 'any' ? { ...rest, by } : rest);
          }}
        />
      )}
      {Object.entries(where)
        .filter(([key]) => key !== 'message')
        .map(([key, entry]) => (
          <Entry
            key={key}
            kind={kind}
            name={key}
            entry={entry as Json}
            onChange={(next, what) => setWhere({ ...where, [key]: next }, what && `where.${key}.${what}`)}
            onRemove={() => setWhere(Object.fromEntries(Object.entries(where).filter(([one]) => one !== key)) as Rule)}
          />
        ))}
      <AddEntry kind={kind} taken={Object.keys(where)} onAdd={(key, entry) => setWhere({ ...where, [key]: entry })} />
    </div>
  );
}

/** `where` stands right after the kind, as people write it. */
const inOrder = ({ did, where, ...rest }: Rule): Rule => ({ did: did ?? '', where: where ?? {}, ...rest });

type TimesProps = Omit<Props, 'name'> & { label: string };

function TimesEditor({ label, json, negated, onChange }: TimesProps) {
  const times = isObject(json.times) ? json.times : null;
  const mode = !times ? 'once' : 'exactly' in times ? 'exactly' : 'at_least' in times && 'at_most' in times ? 'both' : (Object.keys(times)[0] ?? 'once');
  const set = (next: Rule | null, what?: string) => {
    const { times: _old, ...rest } = json;
    onChange(next ? { ...rest, times: next } : rest, what);
  };
  const start: Record<string, Rule | null> = {
    once: null,
    at_least: { at_least: 2 },
    at_most: { at_most: 1 },
    exactly: { exactly: 1 },
    both: { at_least: 1, at_most: 3 },
  };
  const figure = (key: string) =>
    times && key in times ? (
      <NumberEditor label={label} value={times[key]} min={0} onChange={(count) => set({ ...times, [key]: Math.round(Number(count ?? 0)) }, `times.${key}`)} />
    ) : null;
  return (
    <div className="kr-join">
      <Select
        label={label}
        value={mode}
        usual="once"
        options={[
          ['once', negated ? t('even once') : t('at least once')],
          ['at_least', t('at least')],
          ['at_most', t('at most')],
          ['exactly', t('exactly')],
          ['both', t('between (times)')],
        ]}
        onChange={(next) => set(start[next] ?? null)}
      />
      {figure('exactly')}
      {figure('at_least')}
      {mode === 'both' && <span className="kr-and">{t('to')}</span>}
      {figure('at_most')}
      {times && <span className="kr-and">{t('times')}</span>}
    </div>
  );
}

const ANY = '';

function MessageEditor({ label, where, onChange }: { label: string; where: Rule; onChange(where: Rule): void }) {
  const { words } = useBuilder();
  const chosen = typeof where.message === 'string' ? where.message : ANY;
  const options = [
    { value: ANY, label: t('any message') },
    { value: 'previous', label: t('the previous message of the journey') },
    ...words.messages.map((one) => ({ value: one.key, label: one.label, search: one.key, group: t('Messages') })),
  ];
  return (
    <Picker
      label={label}
      className={chosen === ANY ? 'kr-quiet' : ''}
      options={options}
      chosen={[chosen]}
      onPick={(key) => {
        const { message: _old, ...rest } = where;
        onChange(key === ANY ? rest : { ...rest, message: key });
      }}
    />
  );
}

type EntryProps = { kind: Kind | undefined; name: string; entry: Json; onChange(entry: Json, what?: string): void; onRemove(): void };

function Entry({ kind, name, entry, onChange, onRemove }: EntryProps) {
  const { words } = useBuilder();
  const field = entryField(kind, name, entry, words);
  const json = spelled(entry, field);
  const operator = field?.operators.find(({ op }) => op === json.op);
  const label = field?.label ?? name;
  return (
    <div className="kr-entry">
      <span className="kr-and">{t('where')}</span>
      <b>
        <bdi>{label}</bdi>
      </b>
      {field && operator ? (
        <>
          <Select
            label={t('{what}: comparison', { what: label })}
            value={operator.op}
            options={field.operators.map((one) => [one.op, one.label] as const)}
            onChange={(op) => onChange(changed(json, operator.editor, op, field))}
          />
          <ValueEditor
            editor={operator.editor}
            label={t('{what}: value', { what: label })}
            field={field}
            value={json.value}
            onChange={(value, what) => onChange(value === undefined ? { op: json.op ?? '' } : { ...json, value }, what)}
          />
        </>
      ) : (
        <code className="ltr">{JSON.stringify(entry)}</code>
      )}
      <button type="button" className="k-icon-button" aria-label={t('Remove {name}', { name: label })} onClick={onRemove}>
        <IconX size={15} aria-hidden="true" />
      </button>
    </div>
  );
}

function changed(json: Rule, from: string, op: string, field: Field): Rule {
  const operator = field.operators.find((one) => one.op === op);
  return operator ? { op, ...carried(json.value, from, operator, field) } : json;
}

function AddEntry({ kind, taken, onAdd }: { kind: Kind | undefined; taken: readonly string[]; onAdd(key: string, entry: Json): void }) {
  const free = kind?.data.filter(({ key, operators }) => !taken.includes(key) && operators.length) ?? [];
  if (!kind || (!free.length && !kind.is_open)) return null;
  const add = (key: string) => {
    const field = free.find((one) => one.key === key);
    const operator = field?.operators[0];
    onAdd(key, { op: operator?.op ?? 'equals', ...startOf(operator, field) });
  };
  return (
    <Picker
      className="kr-add-entry"
      label={t('Filter by details of “{name}”', { name: kind.label })}
      options={free.map((one) => ({ value: one.key, label: one.label, search: one.key }))}
      chosen={[]}
      shown={
        <span className="kr-adding">
          <IconPlus size={14} aria-hidden="true" /> {t('detail')}
        </span>
      }
      {...(kind.is_open ? { own: (text: string) => t('Another detail: “{name}”', { name: text }) } : {})}
      onPick={add}
    />
  );
}
