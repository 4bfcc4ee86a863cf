/** A label with its control and its one line of help. */

import { type ReactNode, useId, useState } from 'react';
import { t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import type { Setting } from './contract';

export type ValueProps = { label: string; value: Json | undefined; onChange(value: Json | undefined): void; help?: string | undefined };

export function Field({ label, help, children }: { label: string; help?: string | undefined; children: (id: string) => ReactNode }) {
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

const TYPES: Readonly<Record<string, string>> = { time: 'time', moment: 'datetime-local', url: 'url', number: 'number' };

export function Text({ setting, value, onChange }: Omit<ValueProps, 'label' | 'help'> & { setting: Setting }) {
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

/** `none` stands for nothing chosen; null: something always is. */
type PickProps = ValueProps & { options: readonly { key: string; label: string }[]; none?: string | null | undefined };

export function Pick({ label, value, options, onChange, help, none = t('Choose') }: PickProps) {
  const shown = typeof value === 'string' ? value : '';
  return (
    <Field label={label} help={help}>
      {(id) => (
        <select id={id} className="form-select" value={shown} onChange={(event) => onChange(event.target.value || undefined)}>
          {none !== null && <option value="">{none}</option>}
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

const SETTLES_MS = 120;

/** What opens on demand; its inside is made when it is first opened. */
export function More({ label, said, open, children }: { label: string; said?: string | undefined; open: boolean; children: ReactNode }) {
  const [isOpen, setOpen] = useState(open);
  return (
    <details
      className="kj-more"
      open={isOpen}
      onToggle={({ currentTarget: part }) => {
        setOpen(part.open);
        if (part.open && !open) setTimeout(() => part.scrollIntoView({ block: 'nearest' }), SETTLES_MS);
      }}
    >
      <summary>
        {label}
        {said && <small>: {said}</small>}
      </summary>
      {isOpen && children}
    </details>
  );
}
