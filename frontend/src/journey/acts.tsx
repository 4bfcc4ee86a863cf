/** Lists joined and left, fields changed: the same acts as those of a smart link. Loaded when a step needs it. */

import { IconPlus } from '@tabler/icons-react';
import editorWords from '../editor/he.json';
import { type Change, changeOf } from '../editor/smart';
import { ChangeRow, ListChoice } from '../editor/smart-panel';
import { addDictionary, t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import { usePage } from './context';
import type { Setting, Step } from './contract';

// The rows of changes are the editor's, and speak its words.
addDictionary('he', editorWords);

type Props = { setting: Setting; step: Step; put(part: Partial<Step>): void };

export default function Acts({ setting, step, put }: Props) {
  const words = usePage().data.words.acts;
  const value = step[setting.key];
  if (setting.key === 'from_event') return null;
  if (setting.type === 'lists') {
    const chosen = Array.isArray(value) ? value.map(String) : [];
    const write = (keys: string[]) => put({ [setting.key]: keys.length ? keys : undefined } as Partial<Step>);
    return <ListChoice label={setting.label} chosen={chosen} words={words} onChange={write} />;
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
    </fieldset>
  );
}
