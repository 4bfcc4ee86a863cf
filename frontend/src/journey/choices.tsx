/** Several of what there is: days of the week, people of the team, fields, lists. */

import { IconX } from '@tabler/icons-react';
import { t } from '../lib/i18n';
import { usePage } from './context';
import type { Choice } from './contract';
import { Field, type ValueProps } from './field';
import { IconButton } from './icons';

export function Weekdays({ label, value, onChange, help }: ValueProps) {
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
      {help && <p className="kj-help">{help}</p>}
    </fieldset>
  );
}

export function Staff({ label, value, onChange, help }: ValueProps) {
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
      {help && <p className="kj-help">{help}</p>}
    </fieldset>
  );
}

/** Chosen ones as chips, the rest in a list to choose from. */
export function Several({ label, value, onChange, help, options }: ValueProps & { options: readonly Choice[] }) {
  const chosen = (Array.isArray(value) ? value : value ? [value] : []).map(String);
  const write = (keys: string[]) => onChange(keys.length ? keys : undefined);
  const nameOf = (key: string) => options.find((one) => one.key === key)?.label ?? t('{name} (gone)', { name: key });
  return (
    <Field label={label} help={help}>
      {(id) => (
        <>
          {chosen.length > 0 && (
            <ul className="ke-chips">
              {chosen.map((key) => (
                <li key={key} className="k-chip">
                  <bdi>{nameOf(key)}</bdi>
                  <IconButton label={t('Remove {name}', { name: nameOf(key) })} onClick={() => write(chosen.filter((one) => one !== key))}>
                    <IconX size={13} aria-hidden="true" />
                  </IconButton>
                </li>
              ))}
            </ul>
          )}
          <select id={id} className="form-select" value="" onChange={(event) => event.target.value && write([...chosen, event.target.value])}>
            <option value="">{chosen.length ? t('One more') : t('Choose')}</option>
            {options
              .filter(({ key }) => !chosen.includes(key))
              .map((option) => (
                <option key={option.key} value={option.key}>
                  {option.label}
                </option>
              ))}
          </select>
        </>
      )}
    </Field>
  );
}
