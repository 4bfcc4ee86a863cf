/** Lists joined and left, fields changed: the same acts as those of a smart link. Loaded when a step needs it. */

import { IconPlus, IconTrash } from '@tabler/icons-react';
import editorWords from '../editor/he.json';
import { type Change, changeOf } from '../editor/smart';
import { ChangeRow, ListChoice } from '../editor/smart-panel';
import { addDictionary, t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import { usePage } from './context';
import type { Setting, Step } from './contract';
import { IconButton } from './icons';
import { useJourney } from './store';

// The rows of changes are the editor's, and speak its words.
addDictionary('he', editorWords);

type Props = { setting: Setting; step: Step; put(part: Partial<Step>): void };

export default function Acts({ setting, step, put }: Props) {
  const words = usePage().data.words.acts;
  const value = step[setting.key];
  if (setting.type === 'from_event') return <FromEvent setting={setting} step={step} put={put} />;
  if (setting.type === 'lists') {
    const chosen = Array.isArray(value) ? value.map(String) : [];
    const write = (keys: string[]) => put({ [setting.key]: keys.length ? keys : undefined } as Partial<Step>);
    return (
      <div className="kj-setting">
        <ListChoice label={setting.label} chosen={chosen} words={words} onChange={write} />
        {setting.help && <p className="kj-help">{setting.help}</p>}
      </div>
    );
  }
  const changes = (Array.isArray(value) ? value : []) as unknown as Change[];
  const write = (now: Change[]) => put({ [setting.key]: now.length ? (now as unknown as Json) : undefined } as Partial<Step>);
  const first = words.fields.find(({ type }) => type === 'number') ?? words.fields[0];
  return (
    <fieldset className="kj-setting">
      <legend className="form-label">{setting.label}</legend>
      {changes.map((change, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: changes have no identity but their place
        <div key={at} className="kj-change">
          <ChangeRow change={change} words={words} onChange={(now) => write(changes.with(at, now))} onRemove={() => write(changes.toSpliced(at, 1))} />
        </div>
      ))}
      <button type="button" className="btn btn-sm" disabled={!first} onClick={() => first && write([...changes, changeOf(first)])}>
        <IconPlus size={15} aria-hidden="true" /> {t('Change a field')}
      </button>
      {setting.help && <p className="kj-help">{setting.help}</p>}
    </fieldset>
  );
}

/** {field: entry of the event}: which entry goes into which field. */
function FromEvent({ setting, step, put }: Props) {
  const { words } = usePage().data;
  const triggers = useJourney((state) => state.graph.triggers);
  const known = new Map(triggers.flatMap(({ kind }) => words.entries[kind] ?? []).map(({ key, label }) => [key, label]));
  const rows = Object.entries((step[setting.key] ?? {}) as Record<string, string>);
  const write = (now: [string, string][]) => put({ [setting.key]: now.length ? Object.fromEntries(now) : undefined } as Partial<Step>);
  const free = words.acts.fields.filter(({ key }) => !rows.some(([field]) => field === key));
  const entry = (path: string) => (known.has(path) ? known.get(path) : path);
  const add = () => free[0] && write([...rows, [free[0].key, [...known.keys()][0] ?? '']]);
  return (
    <fieldset className="kj-setting">
      <legend className="form-label">{setting.label}</legend>
      {rows.map(([field, path], at) => (
        <div key={field} className="kj-change">
          <div className="ke-row">
            <select className="form-select" aria-label={t('Field')} value={field} onChange={(event) => write(rows.with(at, [event.target.value, path]))}>
              {words.acts.fields
                .filter(({ key }) => key === field || free.some((one) => one.key === key))
                .map(({ key, label }) => (
                  <option key={key} value={key}>
                    {label}
                  </option>
                ))}
            </select>
            <IconButton label={t('Delete')} onClick={() => write(rows.toSpliced(at, 1))}>
              <IconTrash size={15} aria-hidden="true" />
            </IconButton>
          </div>
          <input
            className="form-control"
            dir="auto"
            list={`kj-entries-${setting.key}`}
            aria-label={t('What of the event goes into it')}
            placeholder={t('What of the event goes into it')}
            value={path}
            onChange={(event) => write(rows.with(at, [field, event.target.value]))}
          />
          {entry(path) !== path && <p className="kj-help">{entry(path)}</p>}
        </div>
      ))}
      <datalist id={`kj-entries-${setting.key}`}>
        {[...known].map(([key, label]) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </datalist>
      <button type="button" className="btn btn-sm" disabled={!free.length} onClick={add}>
        <IconPlus size={15} aria-hidden="true" /> {t('Take a value from the event')}
      </button>
      {setting.help && <p className="kj-help">{setting.help}</p>}
    </fieldset>
  );
}
