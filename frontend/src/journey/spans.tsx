/** Durations, and how long before or after a day. */

import { t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import { readDuration, UNITS, type Unit, writeDuration } from '../rulebuilder/durations';
import { Field, type ValueProps } from './field';

const UNIT_WORDS: Readonly<Record<Unit | 'minutes', () => string>> = {
  minutes: () => t('minutes'),
  hours: () => t('hours'),
  days: () => t('days'),
  weeks: () => t('weeks'),
  months: () => t('months'),
  years: () => t('years'),
};

/** A number and a unit; what is put together of several units stays as it is written until it is changed. */
function useSpan(value: Json | undefined): { count: number | ''; unit: Unit | 'minutes'; write(count: number, unit: Unit | 'minutes'): string } {
  const text = typeof value === 'string' ? value.replace(/^-/, '') : '';
  const minutes = /^PT(\d+)M$/.exec(text);
  const found = minutes ? { count: Number(minutes[1]), unit: 'minutes' as const } : readDuration(text);
  const write = (count: number, unit: Unit | 'minutes') => (unit === 'minutes' ? `PT${count}M` : writeDuration(count, unit));
  return { count: found?.count ?? '', unit: found?.unit ?? 'days', write };
}

export function Duration({ label, value, onChange, help }: ValueProps) {
  const { count, unit, write } = useSpan(value);
  return (
    <Field label={label} help={help}>
      {(id) => (
        <div className="kj-row">
          <input
            id={id}
            className="form-control kj-count"
            type="number"
            min={1}
            dir="ltr"
            value={count}
            onChange={(event) => onChange(event.target.valueAsNumber >= 1 ? write(event.target.valueAsNumber, unit) : undefined)}
          />
          <select className="form-select" aria-label={t('Unit')} value={unit} onChange={(event) => onChange(write(count || 1, event.target.value as Unit))}>
            {(['minutes', ...UNITS] as const).map((one) => (
              <option key={one} value={one}>
                {UNIT_WORDS[one]()}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  );
}

export function Offset({ label, value, onChange }: ValueProps) {
  const isBefore = typeof value === 'string' && value.startsWith('-');
  const side = typeof value !== 'string' ? '' : isBefore ? '-' : '+';
  const plain = typeof value === 'string' ? value.replace(/^-/, '') : undefined;
  return (
    <>
      <Field label={label}>
        {(id) => (
          <select
            id={id}
            className="form-select"
            value={side}
            onChange={(event) => onChange(event.target.value ? `${event.target.value === '-' ? '-' : ''}${plain ?? 'P1D'}` : undefined)}
          >
            <option value="">{t('on the day itself')}</option>
            <option value="-">{t('before it')}</option>
            <option value="+">{t('after it')}</option>
          </select>
        )}
      </Field>
      {side && <Duration label={t('How long')} value={plain} onChange={(now) => onChange(typeof now === 'string' ? `${isBefore ? '-' : ''}${now}` : now)} />}
    </>
  );
}
