/** One editor for each kind of value, named by the operator's `editor`. */

import { IconStar, IconStarFilled, IconX } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import type { Field, Json } from './contract';
import { DateEditor, DurationEditor, MonthDayEditor, MonthEditor } from './dates';
import { Picker } from './picker';
import { t } from './words';

export type ValueProps = {
  label: string;
  field: Field;
  value: Json | undefined;
  /** `what` names the place being typed into: typing on in it is one step of undo. */
  onChange(value: Json | undefined, what?: string): void;
  invalid?: boolean;
};

export function ValueEditor({ editor, ...props }: ValueProps & { editor: string }): ReactNode {
  switch (editor) {
    case 'none':
      return null;
    case 'number':
      return props.field.type === 'rating' ? <Stars {...props} /> : <NumberEditor {...props} />;
    case 'date':
      return <DateEditor {...props} />;
    case 'duration':
      return <DurationEditor {...props} wholeDays />;
    case 'month':
      return <MonthEditor {...props} />;
    case 'month_day':
      return <MonthDayEditor {...props} />;
    case 'yes_no':
      return <YesNo {...props} />;
    case 'choice':
      return props.field.choices.length ? <OneChoice {...props} /> : <TextEditor {...props} />;
    case 'choices':
    case 'tags':
      return props.field.choices.length ? <SeveralChoices {...props} /> : <Tags {...props} />;
    case 'pair':
      return <Pair {...props} />;
    default:
      return <TextEditor {...props} />;
  }
}

const LEFT_TO_RIGHT: readonly string[] = ['email', 'phone', 'url'];

function TextEditor({ label, field, value, onChange, invalid }: ValueProps) {
  const shown = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  return (
    <input
      className="form-control kr-text"
      aria-label={label}
      aria-invalid={invalid || undefined}
      dir={LEFT_TO_RIGHT.includes(field.type) ? 'ltr' : 'auto'}
      placeholder={t('Text')}
      maxLength={1000}
      value={shown}
      onChange={(event) => onChange(event.target.value || undefined, 'value')}
    />
  );
}

/** What is typed stays as typed until it is a number; "12." is on its way to one. */
export function NumberEditor({ label, value, onChange, invalid, min }: Omit<ValueProps, 'field'> & { min?: number }) {
  const [typed, setTyped] = useState<string | null>(null);
  const stored = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  return (
    <input
      className="form-control kr-number num"
      inputMode="decimal"
      dir="ltr"
      aria-label={label}
      aria-invalid={invalid || undefined}
      placeholder="0"
      maxLength={17}
      value={typed ?? stored}
      onChange={(event) => {
        const text = event.target.value.replace(/[^\d.,-]/g, '').replaceAll(',', '');
        setTyped(text);
        const number = Number(text);
        const isNumber = text.trim() !== '' && Number.isFinite(number) && (min === undefined || number >= min);
        onChange(isNumber ? number : undefined, 'value');
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function Stars({ label, field, value, onChange }: ValueProps) {
  const name = useId();
  const most = field.most ?? 5;
  const chosen = typeof value === 'number' ? value : 0;
  const all = Array.from({ length: most }, (_, index) => index + 1);
  if (most > 10) return <NumberEditor label={label} value={value} onChange={onChange} />;
  return (
    <fieldset className="kr-stars" aria-label={label}>
      {all.map((count) => (
        <label key={count} title={t('{count} of {most}', { count, most })}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            aria-label={t('{count} of {most}', { count, most })}
            checked={chosen === count}
            onChange={() => onChange(count)}
          />
          {count <= chosen ? <IconStarFilled size={19} aria-hidden="true" /> : <IconStar size={19} stroke={1.5} aria-hidden="true" />}
        </label>
      ))}
      <span className="num" aria-hidden="true">
        {chosen || ''}
      </span>
    </fieldset>
  );
}

function YesNo({ label, value, onChange }: ValueProps) {
  return (
    <fieldset className="k-segmented kr-yes-no" aria-label={label}>
      {[true, false].map((answer) => (
        <button type="button" key={String(answer)} aria-pressed={value === answer} onClick={() => onChange(answer)}>
          {answer ? t('Yes') : t('No')}
        </button>
      ))}
    </fieldset>
  );
}

const optionsOf = (field: Field) => field.choices.map((choice) => ({ value: choice.key, label: choice.label, search: choice.key }));

function OneChoice({ label, field, value, onChange, invalid }: ValueProps) {
  const chosen = typeof value === 'string' ? [value] : [];
  const isGone = chosen[0] !== undefined && !field.choices.some(({ key }) => key === chosen[0]);
  return (
    <Picker
      label={label}
      options={optionsOf(field)}
      chosen={chosen}
      shown={isGone ? <Gone name={chosen[0] ?? ''} /> : undefined}
      invalid={invalid}
      onPick={(key) => onChange(key)}
    />
  );
}

function Gone({ name }: { name: string }) {
  return (
    <span className="kr-gone-choice">
      <bdi>{name}</bdi> <small>{t('(no longer there)')}</small>
    </span>
  );
}

function listOf(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return typeof value === 'string' ? [value] : [];
}

function SeveralChoices({ label, field, value, onChange, invalid }: ValueProps) {
  const chosen = listOf(value);
  const change = (next: string[]) => onChange(next.length ? next : undefined);
  return (
    <Chips
      chosen={chosen}
      labelOf={(key) => field.choices.find((choice) => choice.key === key)?.label}
      onRemove={(key) => change(chosen.filter((one) => one !== key))}
    >
      <Picker
        label={label}
        options={optionsOf(field)}
        chosen={chosen}
        shown={chosen.length ? <span className="kr-hint">{t('Add')}</span> : undefined}
        className={chosen.length ? 'kr-more' : ''}
        several
        invalid={invalid}
        onPick={(key) => change(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key])}
      />
    </Chips>
  );
}

type ChipsProps = { chosen: readonly string[]; labelOf(key: string): string | undefined; onRemove(key: string): void; children: ReactNode };

function Chips({ chosen, labelOf, onRemove, children }: ChipsProps) {
  return (
    <div className="kr-chips">
      {chosen.map((key) => {
        const label = labelOf(key);
        return (
          <span key={key} className={`k-chip ${label === undefined ? 'k-hue-coral' : 'k-hue-teal'}`}>
            <bdi>{label ?? key}</bdi>
            <button type="button" aria-label={t('Remove {name}', { name: label ?? key })} onClick={() => onRemove(key)}>
              <IconX size={13} aria-hidden="true" />
            </button>
          </span>
        );
      })}
      {children}
    </div>
  );
}

/** Several texts: Enter, a comma or a new line ends one, so that a column of a spreadsheet can be pasted. */
function Tags({ label, value, onChange, invalid }: ValueProps) {
  const [text, setText] = useState('');
  const chosen = listOf(value);
  const take = (typed: string) => {
    const added = typed.split(/[\n\t,;]+/).map((one) => one.trim()).filter(Boolean);
    if (added.length) onChange([...new Set([...chosen, ...added])]);
    setText('');
  };
  return (
    <Chips chosen={chosen} labelOf={(key) => key} onRemove={(key) => onChange(less(chosen, key))}>
      <input
        className="form-control kr-text"
        aria-label={label}
        aria-invalid={invalid || undefined}
        dir="auto"
        placeholder={chosen.length ? t('Another one') : t('Text, and Enter after each')}
        value={text}
        onChange={(event) => (/[,;\n]/.test(event.target.value) ? take(event.target.value) : setText(event.target.value))}
        onPaste={(event) => {
          const typed = event.clipboardData.getData('text');
          if (!/[\n\t,;]/.test(typed)) return;
          event.preventDefault();
          take(text + typed);
        }}
        onBlur={() => take(text)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take(text);
          else if (event.key === 'Backspace' && !text && chosen.length) onChange(less(chosen, chosen.at(-1) ?? ''));
          else return;
          event.preventDefault();
        }}
      />
    </Chips>
  );
}

function less(chosen: readonly string[], key: string): Json | undefined {
  const left = chosen.filter((one) => one !== key);
  return left.length ? left : undefined;
}

function Pair({ label, field, value, onChange, invalid }: ValueProps) {
  const ends = Array.isArray(value) ? value : [];
  const isDate = field.type.startsWith('date');
  const set = (at: 0 | 1) => (end: Json | undefined, what?: string) => {
    const next: (Json | undefined)[] = [ends[0] ?? undefined, ends[1] ?? undefined];
    next[at] = end;
    onChange(next.some((one) => one !== undefined) ? next.map((one) => one ?? null) : undefined, what && `${what}${at}`);
  };
  const end = (at: 0 | 1, words: string) => {
    const props = { label: `${label}: ${words}`, value: ends[at] ?? undefined, onChange: set(at), invalid };
    return isDate ? <DateEditor {...props} field={field} /> : <NumberEditor {...props} />;
  };
  return (
    <div className="kr-pair">
      {end(0, t('from'))}
      <span className="kr-and" aria-hidden="true">
        {t('to')}
      </span>
      {end(1, t('to'))}
    </div>
  );
}
