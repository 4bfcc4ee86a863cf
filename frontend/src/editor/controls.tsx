/** One control for each type of setting. The inspector puts them together from a schema. */

import {
  IconAlignCenter,
  IconAlignLeft,
  IconAlignRight,
  IconArrowDown,
  IconArrowUp,
  IconPhotoPlus,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { lazy, Suspense, useId, useRef, useState } from 'react';
import { isRtl, t } from '../lib/i18n';
import { useData } from './context';
import type { Setting } from './contract';
import { IconButton } from './icons';
import { Line } from './line';
import { addressProblem, completed } from './links';
import { useEditor } from './store';
import { imageFiles, storeImage } from './upload';

const Library = lazy(() => import('./library'));

export type ControlProps = { setting: Setting; value: unknown; onChange(value: unknown): void };

export function Control(props: ControlProps) {
  switch (props.setting.type) {
    case 'text':
      return <TextControl {...props} />;
    case 'url':
      return <UrlControl {...props} />;
    case 'image':
      return <ImageControl {...props} />;
    case 'color':
      return <ColorControl {...props} />;
    case 'number':
      return <NumberControl {...props} />;
    case 'range':
      return <RangeControl {...props} />;
    case 'choice':
      return <ChoiceControl {...props} />;
    case 'toggle':
      return <ToggleControl {...props} />;
    case 'align':
      return <AlignControl {...props} />;
    case 'items':
      return <ItemsControl {...props} />;
    case 'rich':
      return <p className="ke-hint">{t('Write in the mail itself: click the text.')}</p>;
  }
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const asNumber = (value: unknown, fallback: unknown): number => Number(value ?? fallback ?? 0);

function Hint({ setting }: { setting: Setting }) {
  return setting.hint ? <p className="ke-hint">{setting.hint}</p> : null;
}

function TextControl({ setting, value, onChange }: ControlProps) {
  return (
    <div className="ke-setting">
      <span className="form-label">{setting.label}</span>
      <Line value={asText(value)} label={setting.label} onChange={onChange} />
      <Hint setting={setting} />
    </div>
  );
}

function UrlControl({ setting, value, onChange }: ControlProps) {
  const [left, setLeft] = useState(true);
  const text = asText(value);
  const problem = left ? addressProblem(text) : null;
  const id = useId();
  return (
    <div className="ke-setting">
      <label className="form-label" htmlFor={id}>
        {setting.label}
      </label>
      <input
        id={id}
        className="form-control"
        dir="ltr"
        inputMode="url"
        placeholder="https://"
        value={text}
        aria-invalid={problem !== null}
        aria-describedby={problem ? `${id}-problem` : undefined}
        onChange={(event) => {
          setLeft(false);
          onChange(event.target.value);
        }}
        onBlur={() => {
          setLeft(true);
          if (completed(text) !== text) onChange(completed(text));
        }}
      />
      {problem && (
        <p className="k-error" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      <Hint setting={setting} />
    </div>
  );
}

function ImageControl({ setting, value, onChange }: ControlProps) {
  const { urls } = useData();
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const src = asText(value);
  const take = async (files: FileList | null) => {
    const [file] = imageFiles(files);
    if (!file) return;
    setBusy(true);
    const stored = await storeImage(urls.upload, file);
    setBusy(false);
    setProblem(typeof stored === 'string' ? stored : '');
    if (typeof stored !== 'string') onChange(stored.url);
  };
  return (
    <div className="ke-setting">
      <span className="form-label">{setting.label}</span>
      {src && <img className="ke-thumb" src={src} alt="" />}
      <div className="ke-row">
        <button type="button" className="btn btn-sm" aria-busy={busy} onClick={() => input.current?.click()}>
          <IconPhotoPlus size={16} aria-hidden="true" />
          {busy ? t('Uploading…') : src ? t('Replace') : t('Upload')}
        </button>
        <button type="button" className="btn btn-sm" onClick={() => setOpen(true)}>
          {t('From the library')}
        </button>
        {src && (
          <IconButton label={t('Remove the image')} onClick={() => onChange('')}>
            <IconTrash size={16} />
          </IconButton>
        )}
      </div>
      {problem && <p className="k-error">{problem}</p>}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('Image file')}
        accept="image/png,image/jpeg,image/gif,image/webp"
        onChange={(event) => void take(event.target.files)}
      />
      {open && (
        <Suspense fallback={null}>
          <Library
            onClose={() => setOpen(false)}
            onPick={(image) => {
              onChange(image.url);
              setOpen(false);
            }}
          />
        </Suspense>
      )}
      <Hint setting={setting} />
    </div>
  );
}

const SWATCHES = ['#ffffff', '#14211f', '#e1f1ee', '#fdf1da', '#fdeae6', '#bf3d29', '#f3f5f3'];
const SWATCHES_SHOWN = 6;

function ColorControl({ setting, value, onChange }: ControlProps) {
  const main = useEditor((state) => state.draft.body.theme?.color);
  const chosen = asText(value);
  const swatches = [...new Set([...(typeof main === 'string' && main ? [main] : []), ...SWATCHES])].slice(0, SWATCHES_SHOWN + (setting.default ? 1 : 0));
  const id = useId();
  return (
    <fieldset className="ke-setting">
      <legend className="form-label">{setting.label}</legend>
      <div className="ke-swatches">
        {!setting.default && (
          <button
            type="button"
            className="ke-none"
            aria-pressed={chosen === ''}
            aria-label={t('As the design')}
            title={t('As the design')}
            onClick={() => onChange('')}
          />
        )}
        {swatches.map((colour) => (
          <button
            type="button"
            key={colour}
            style={{ background: colour }}
            aria-pressed={chosen.toLowerCase() === colour}
            aria-label={t('Colour {code}', { code: colour })}
            title={colour}
            onClick={() => onChange(colour)}
          />
        ))}
        <label className="ke-own" htmlFor={id} title={t('Another colour')} style={{ background: swatches.includes(chosen) ? undefined : chosen || undefined }}>
          <input
            id={id}
            type="color"
            aria-label={t('Another colour')}
            value={chosen || asText(setting.default) || '#0c6b68'}
            onChange={(event) => onChange(event.target.value)}
          />
        </label>
      </div>
      <Hint setting={setting} />
    </fieldset>
  );
}

function NumberControl({ setting, value, onChange }: ControlProps) {
  return (
    <label className="ke-setting">
      <span className="form-label">{setting.label}</span>
      <input
        className="form-control"
        type="number"
        min={setting.min}
        max={setting.max}
        value={asNumber(value, setting.default)}
        onChange={(event) => Number.isFinite(event.target.valueAsNumber) && onChange(event.target.valueAsNumber)}
      />
      <Hint setting={setting} />
    </label>
  );
}

function RangeControl({ setting, value, onChange }: ControlProps) {
  const id = useId();
  const now = asNumber(value, setting.default);
  return (
    <div className="ke-setting">
      <div className="ke-between">
        <label className="form-label" htmlFor={id}>
          {setting.label}
        </label>
        <output className="num sub" htmlFor={id}>
          {now}
        </output>
      </div>
      <input
        id={id}
        type="range"
        className="form-range"
        min={setting.min ?? 0}
        max={setting.max ?? 100}
        value={now}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <Hint setting={setting} />
    </div>
  );
}

/** Up to three short choices lie side by side; more become a list. */
const SIDE_BY_SIDE = 3;

function ChoiceControl({ setting, value, onChange }: ControlProps) {
  const choices = setting.choices ?? [];
  const chosen = asText(value) || asText(setting.default);
  const id = useId();
  const isShort = choices.length <= SIDE_BY_SIDE && choices.every(({ label }) => label.length <= 12);
  if (isShort) {
    return (
      <Segments label={setting.label} hint={setting.hint}>
        {choices.map(({ key, label }) => (
          <button type="button" key={key} aria-pressed={chosen === key} onClick={() => onChange(key)}>
            {label}
          </button>
        ))}
      </Segments>
    );
  }
  return (
    <div className="ke-setting">
      <label className="form-label" htmlFor={id}>
        {setting.label}
      </label>
      <select id={id} className="form-select" value={chosen} onChange={(event) => onChange(event.target.value)}>
        {choices.map(({ key, label }) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
      <Hint setting={setting} />
    </div>
  );
}

export function Segments({ label, hint, children }: { label: string; hint?: string; children: React.ReactNode }) {
  return (
    <fieldset className="ke-setting">
      <legend className="form-label">{label}</legend>
      <div className="ke-segments">{children}</div>
      {hint && <p className="ke-hint">{hint}</p>}
    </fieldset>
  );
}

function ToggleControl({ setting, value, onChange }: ControlProps) {
  const id = useId();
  return (
    <div className="ke-setting">
      <div className="ke-between">
        <label htmlFor={id}>{setting.label}</label>
        <span className="form-check form-switch m-0">
          <input
            id={id}
            type="checkbox"
            className="form-check-input"
            checked={Boolean(value ?? setting.default)}
            onChange={(event) => onChange(event.target.checked)}
          />
        </span>
      </div>
      <Hint setting={setting} />
    </div>
  );
}

/** Start and end are the document's, so the icons follow its direction and not the interface's. */
function AlignControl({ setting, value, onChange }: ControlProps) {
  const isRightToLeft = useEditor((state) => state.draft.body.direction === 'rtl');
  const chosen = asText(value) || asText(setting.default) || 'start';
  const right = { key: isRightToLeft ? 'start' : 'end', label: t('Right'), Icon: IconAlignRight };
  const left = { key: isRightToLeft ? 'end' : 'start', label: t('Left'), Icon: IconAlignLeft };
  const center = { key: 'center', label: t('Center'), Icon: IconAlignCenter };
  return (
    <Segments label={setting.label} hint={setting.hint}>
      {(isRtl() ? [right, center, left] : [left, center, right]).map(({ key, label, Icon }) => (
        <button type="button" key={key} aria-pressed={chosen === key} aria-label={label} title={label} onClick={() => onChange(key)}>
          <Icon size={18} aria-hidden="true" />
        </button>
      ))}
    </Segments>
  );
}

type Item = Record<string, unknown>;

function ItemsControl({ setting, value, onChange }: ControlProps) {
  const items = (Array.isArray(value) ? value : []) as Item[];
  const parts = setting.of ?? [];
  const blank = (): Item => Object.fromEntries(parts.map((part) => [part.key, part.default ?? '']));
  const swap = (at: number, by: number) => onChange(items.with(at, items[at + by] ?? {}).with(at + by, items[at] ?? {}));
  return (
    <fieldset className="ke-setting">
      <legend className="form-label">{setting.label}</legend>
      <ol className="ke-items">
        {items.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
          <li key={at}>
            {parts.map((part) => (
              <Control
                key={part.key}
                setting={part}
                value={item[part.key]}
                onChange={(now) => onChange(items.with(at, { ...item, [part.key]: now }))}
              />
            ))}
            <div className="ke-row ke-end">
              <IconButton label={t('Move up')} disabled={at === 0} onClick={() => swap(at, -1)}>
                <IconArrowUp size={15} />
              </IconButton>
              <IconButton label={t('Move down')} disabled={at === items.length - 1} onClick={() => swap(at, 1)}>
                <IconArrowDown size={15} />
              </IconButton>
              <IconButton label={t('Delete')} onClick={() => onChange(items.toSpliced(at, 1))}>
                <IconTrash size={15} />
              </IconButton>
            </div>
          </li>
        ))}
      </ol>
      <button
        type="button"
        className="btn btn-sm"
        disabled={setting.max !== undefined && items.length >= setting.max}
        onClick={() => onChange([...items, blank()])}
      >
        <IconPlus size={15} aria-hidden="true" /> {t('Add')}
      </button>
      <Hint setting={setting} />
    </fieldset>
  );
}
