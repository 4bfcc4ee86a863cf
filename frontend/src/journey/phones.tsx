/** Phone numbers, one on each line, as people write them; the server checks them. */

import { useState } from 'react';
import { t } from '../lib/i18n';
import { Field, type ValueProps } from './field';

export function Phones({ label, value, onChange, help }: ValueProps) {
  const kept = Array.isArray(value) ? value.map(String).join('\n') : '';
  const [text, setText] = useState(kept);
  const [seen, setSeen] = useState(kept);
  if (kept !== seen) {
    setSeen(kept);
    if (kept !== listed(text).join('\n')) setText(kept);
  }
  return (
    <Field label={label} help={help}>
      {(id) => (
        <textarea
          id={id}
          className="form-control"
          rows={2}
          dir="ltr"
          inputMode="tel"
          placeholder={t('One number on each line')}
          value={text}
          onChange={(event) => {
            const now = listed(event.target.value);
            setText(event.target.value);
            onChange(now.length ? now : undefined);
          }}
        />
      )}
    </Field>
  );
}

const listed = (text: string) =>
  text
    .split(/[\n,;]/)
    .map((one) => one.trim())
    .filter(Boolean);
