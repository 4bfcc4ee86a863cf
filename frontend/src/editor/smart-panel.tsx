/** What a click on a block's links does: lists joined and left, fields changed, how often, and who the page knows. */

import { IconBolt, IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { useId } from 'react';
import { t } from '../lib/i18n';
import { useData } from './context';
import { Segments } from './controls';
import { IconButton } from './icons';
import { type Block, setting } from './model';
import { type Change, changeOf, cleaned, type Smart, type SmartField, type SmartKind, type SmartWords, sentence } from './smart';
import { patchBlock } from './store';

export const SMART_KINDS: readonly string[] = ['button', 'image', 'social', 'text', 'sms_text'];

export function SmartPanel({ block }: { block: Block }) {
  const { smart: words } = useData();
  if (!words || !SMART_KINDS.includes(block.kind)) return null;
  const smart = (setting(block, 'smart') ?? {}) as Smart;
  const write = (part: Partial<Smart>) => patchBlock(block.id, { smart: cleaned({ ...smart, ...part }) });
  const said = sentence(smart, words);
  return (
    <section className="ke-group ke-smart" aria-label={t('On a click')}>
      <h3>
        <IconBolt size={15} aria-hidden="true" /> {t('On a click')}
      </h3>
      <p className="ke-hint" aria-live="polite">
        {said || t('The link only leads to its page. Here it can also remember who was interested.')}
      </p>
      <ListChoice
        label={t('Add to lists')}
        chosen={smart.add_to_lists ?? []}
        words={words}
        onChange={(add_to_lists) => write({ add_to_lists })}
      />
      <ListChoice
        label={t('Take out of lists')}
        chosen={smart.remove_from_lists ?? []}
        words={words}
        onChange={(remove_from_lists) => write({ remove_from_lists })}
      />
      <Changes changes={smart.changes ?? []} words={words} onChange={(changes) => write({ changes })} />
      {said && (
        <Segments label={t('How often')} hint={t('Scanners and other machines never count.')}>
          <button type="button" aria-pressed={smart.repeat !== 'every_click'} onClick={() => write({ repeat: undefined })}>
            {t('Once a mail')}
          </button>
          <button type="button" aria-pressed={smart.repeat === 'every_click'} onClick={() => write({ repeat: 'every_click' })}>
            {t('Every click')}
          </button>
        </Segments>
      )}
      <Identify smart={smart} words={words} write={write} />
    </section>
  );
}

type ListsProps = { label: string; chosen: readonly string[]; words: SmartWords; onChange(keys: string[]): void };

export function ListChoice({ label, chosen, words, onChange }: ListsProps) {
  const id = useId();
  const left = words.lists.filter(({ key }) => !chosen.includes(key));
  return (
    <div className="ke-setting">
      <label className="form-label" htmlFor={id}>
        {label}
      </label>
      {chosen.length > 0 && (
        <ul className="ke-chips">
          {chosen.map((key) => {
            const known = words.lists.find((list) => list.key === key);
            return (
              <li key={key} className={known ? 'k-chip' : 'k-chip ke-gone'}>
                <bdi>{known?.label ?? key}</bdi>
                <IconButton label={t('Remove {name}', { name: known?.label ?? key })} onClick={() => onChange(chosen.filter((one) => one !== key))}>
                  <IconX size={13} />
                </IconButton>
              </li>
            );
          })}
        </ul>
      )}
      <select
        id={id}
        className="form-select"
        value=""
        disabled={left.length === 0}
        onChange={(event) => event.target.value && onChange([...chosen, event.target.value])}
      >
        <option value="">{left.length ? t('Choose a list') : t('There are no more lists')}</option>
        {left.map(({ key, label: name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

type ChangesProps = { changes: readonly Change[]; words: SmartWords; onChange(changes: Change[]): void };

function Changes({ changes, words, onChange }: ChangesProps) {
  const first = words.fields.find(({ type }) => type === 'number') ?? words.fields[0];
  return (
    <fieldset className="ke-setting">
      <legend className="form-label">{t('Change fields')}</legend>
      <ol className="ke-items">
        {changes.map((change, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place
          <li key={at} className="ke-change">
            <ChangeRow
              change={change}
              words={words}
              onChange={(now) => onChange(changes.with(at, now))}
              onRemove={() => onChange(changes.toSpliced(at, 1))}
            />
          </li>
        ))}
      </ol>
      <button type="button" className="btn btn-sm" disabled={!first} onClick={() => first && onChange([...changes, changeOf(first)])}>
        <IconPlus size={15} aria-hidden="true" /> {t('Change a field')}
      </button>
    </fieldset>
  );
}

type RowProps = { change: Change; words: SmartWords; onChange(change: Change): void; onRemove(): void };

export function ChangeRow({ change, words, onChange, onRemove }: RowProps) {
  const field = words.fields.find(({ key }) => key === change.field);
  const kind = field?.kinds.find((one) => one.do === change.do);
  return (
    <>
      <div className="ke-row">
        <select
          className="form-select"
          aria-label={t('Field')}
          value={change.field}
          onChange={(event) => {
            const next = words.fields.find(({ key }) => key === event.target.value);
            if (next) onChange(changeOf(next, change.do));
          }}
        >
          {!field && <option value={change.field}>{t('{name} (gone)', { name: change.field })}</option>}
          {words.fields.map(({ key, label }) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
        <IconButton label={t('Delete')} onClick={onRemove}>
          <IconTrash size={15} />
        </IconButton>
      </div>
      {field && (
        <div className="ke-row">
          <select
            className="form-select"
            aria-label={t('What to do')}
            value={change.do}
            onChange={(event) => onChange(changeOf(field, event.target.value))}
          >
            {field.kinds.map((one) => (
              <option key={one.do} value={one.do}>
                {one.label}
              </option>
            ))}
          </select>
          {kind && <Operand change={change} field={field} kind={kind} words={words} onChange={onChange} />}
        </div>
      )}
    </>
  );
}

type OperandProps = { change: Change; field: SmartField; kind: SmartKind; words: SmartWords; onChange(change: Change): void };

function Operand({ change, field, kind, words, onChange }: OperandProps) {
  const put = (value: Change['value']) => onChange({ ...change, value });
  const choices = kind.operand === 'field' ? words.fields.filter(({ key }) => kind.fields?.includes(key)) : field.choices;
  const text = String(change.value ?? '');
  const label = t('Value');
  if (kind.operand === 'none') return null;
  if (kind.operand === 'field' || kind.operand === 'choice' || field.type === 'choice') {
    return <Options label={label} value={text} options={choices} onChange={put} />;
  }
  if (kind.operand === 'value' && field.type === 'choices') {
    return <Options label={label} value={String((change.value as string[])?.[0] ?? '')} options={choices} onChange={(key) => put([key])} />;
  }
  if (kind.operand === 'value' && field.type === 'yes_no') {
    const options = [
      { key: 'yes', label: t('Yes') },
      { key: 'no', label: t('No') },
    ];
    return <Options label={label} value={change.value ? 'yes' : 'no'} options={options} onChange={(key) => put(key === 'yes')} />;
  }
  if (kind.operand === 'day') return <Day field={field} value={text} onChange={put} />;
  const isNumber = kind.operand === 'number' || kind.operand === 'days' || field.type === 'number' || field.type === 'rating';
  return (
    <input
      className="form-control"
      aria-label={kind.operand === 'days' ? t('Days') : label}
      type={isNumber ? 'number' : field.type === 'date' ? 'date' : 'text'}
      step={field.type === 'number' && kind.operand !== 'days' ? 'any' : 1}
      dir={isNumber || field.type === 'date' ? 'ltr' : 'auto'}
      value={text}
      onChange={(event) => {
        if (!isNumber) put(event.target.value);
        else if (Number.isFinite(event.target.valueAsNumber)) put(event.target.valueAsNumber);
      }}
    />
  );
}

type OptionsProps = { label: string; value: string; options: readonly { key: string; label: string }[]; onChange(key: string): void };

function Options({ label, value, options, onChange }: OptionsProps) {
  return (
    <select className="form-select" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {options.map((option) => (
        <option key={option.key} value={option.key}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

/** A date field is set to a day or to today; one with a time to the moment of the click. */
function Day({ field, value, onChange }: { field: SmartField; value: string; onChange(value: string): void }) {
  if (field.type === 'date_time') return <span className="ke-hint">{t('the moment of the click')}</span>;
  const isToday = value === 'today';
  return (
    <>
      <Options
        label={t('Date')}
        value={isToday ? 'today' : 'day'}
        options={[
          { key: 'today', label: t('today') },
          { key: 'day', label: t('a date') },
        ]}
        onChange={(key) => onChange(key === 'today' ? 'today' : new Date().toISOString().slice(0, 10))}
      />
      {!isToday && (
        <input className="form-control" type="date" dir="ltr" aria-label={t('Date')} value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </>
  );
}

function Identify({ smart, words, write }: { smart: Smart; words: SmartWords; write(part: Partial<Smart>): void }) {
  const id = useId();
  return (
    <div className="ke-setting">
      <div className="ke-between">
        <label htmlFor={id}>{t('Tell the page who came')}</label>
        <span className="form-check form-switch m-0">
          <input
            id={id}
            type="checkbox"
            className="form-check-input"
            checked={smart.identify ?? false}
            onChange={(event) => write({ identify: event.target.checked || undefined, identify_days: undefined })}
          />
        </span>
      </div>
      <p className="ke-hint">
        {t('Only on your own site. Whoever gets the mail forwarded sees no details: to see or change them one proves the address.')}
      </p>
      {smart.identify && (
        <label className="ke-setting">
          <span className="form-label">{t('Good for this many days')}</span>
          <input
            className="form-control"
            type="number"
            dir="ltr"
            min={1}
            max={words.longest_days}
            value={smart.identify_days ?? 30}
            onChange={(event) => event.target.valueAsNumber >= 1 && write({ identify_days: event.target.valueAsNumber })}
          />
        </label>
      )}
    </div>
  );
}
