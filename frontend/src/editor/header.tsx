/** The bar above: where we are, whether it is saved, how it is looked at, and what comes next. */

import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronLeft,
  IconCloudCheck,
  IconCloudOff,
  IconCloudUp,
  IconDeviceDesktop,
  IconDeviceMobile,
  IconEye,
  IconEyeOff,
  IconSend,
} from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { date, isRtl, plural, t } from '../lib/i18n';
import { CheckList } from './check-list';
import type { Check } from './checks';
import { useData } from './context';
import { IconButton } from './icons';
import { CoverageButton, ViewAs } from './target';
import type { Saver } from './saving';
import { redo, setText, undo, useEditor, useHistory } from './store';
import { type SaveState, show, useView } from './view';

type Props = { saver: Saver; checks: readonly Check[] };

export function Header({ saver, checks }: Props) {
  const device = useView((state) => state.device);
  const preview = useView((state) => state.preview);
  return (
    <header className="ke-bar">
      <BackLink />
      <div className="ke-bar-name">
        <Name />
        <SaveWords saver={saver} />
      </div>
      <fieldset className="ke-segments ke-devices" aria-label={t('Device')}>
        <button
          type="button"
          aria-pressed={device === 'desktop'}
          aria-label={t('Computer')}
          title={t('Computer')}
          onClick={() => show({ device: 'desktop' })}
        >
          <IconDeviceDesktop size={17} aria-hidden="true" />
        </button>
        <button
          type="button"
          aria-pressed={device === 'phone'}
          aria-label={t('Phone')}
          title={t('Phone')}
          onClick={() => show({ device: 'phone' })}
        >
          <IconDeviceMobile size={17} aria-hidden="true" />
        </button>
      </fieldset>
      <button
        type="button"
        className={`btn btn-sm ke-wide ${preview ? 'ke-on' : ''}`}
        aria-pressed={preview}
        onClick={() => show({ preview: !preview })}
      >
        {preview ? <IconEyeOff size={16} aria-hidden="true" /> : <IconEye size={16} aria-hidden="true" />}
        {preview ? t('Back to editing') : t('Preview')}
      </button>
      {!preview && <ViewAs />}
      <CoverageButton />
      <Travel />
      <Problems checks={checks} />
      <button type="button" className="btn btn-sm ke-wide" onClick={() => show({ testing: true })}>
        <IconSend size={16} className="flip" aria-hidden="true" /> {t('Send a test')}
      </button>
      <NextButton saver={saver} />
    </header>
  );
}

export function BackLink() {
  const { urls, leave } = useData();
  if (leave) {
    return (
      <IconButton label={leave.label} onClick={leave.go}>
        <IconChevronLeft size={19} className="flip" />
      </IconButton>
    );
  }
  return (
    <a className="ke-icon" href={urls.back} aria-label={t('Back')} title={t('Back')}>
      <IconChevronLeft size={19} className="flip" aria-hidden="true" />
    </a>
  );
}

export function NextButton({ saver }: { saver: Saver }) {
  const { urls, leave } = useData();
  if (leave) {
    return (
      <button type="button" className="btn btn-sm btn-primary ke-next" onClick={leave.go}>
        {leave.label}
      </button>
    );
  }
  if (!urls.next) return null;
  const onNext = async () => {
    if (urls.next && (await saver.flush())) location.assign(urls.next);
  };
  return (
    <button type="button" className="btn btn-sm btn-primary ke-next" onClick={onNext}>
      {urls.next_label ?? t('Continue to audience and schedule')}
    </button>
  );
}

export function Name() {
  const name = useEditor((state) => state.draft.name);
  const [typed, setTyped] = useState<string | null>(null);
  const done = () => {
    if (typed?.trim()) setText('name', typed.trim());
    setTyped(null);
  };
  return (
    <input
      className="ke-name"
      dir="auto"
      aria-label={t('Name of the document')}
      maxLength={200}
      value={typed ?? name}
      size={Math.max(6, (typed ?? name).length)}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setTyped(null);
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
        event.stopPropagation();
      }}
    />
  );
}

const SAVE_ICON: Readonly<Record<SaveState, typeof IconCloudUp>> = {
  saved: IconCloudCheck,
  unsaved: IconCloudUp,
  saving: IconCloudUp,
  offline: IconCloudOff,
  refused: IconAlertTriangle,
  conflict: IconAlertTriangle,
};

export function SaveWords({ saver }: { saver: Saver }) {
  const state = useView((view) => view.save);
  const savedAt = useView((view) => view.savedAt);
  const Icon = SAVE_ICON[state];
  const words: Record<SaveState, string> = {
    saved: savedAt ? t('Saved at {time}', { time: date(savedAt, { timeStyle: 'short' }) }) : t('Saved'),
    unsaved: t('Not saved yet'),
    saving: t('Saving…'),
    offline: t('No connection: kept in this browser'),
    refused: t('Not saved: put the problems right'),
    conflict: t('Changed elsewhere'),
  };
  return (
    <button
      type="button"
      className={`ke-save ke-save-${state}`}
      title={words[state]}
      onClick={() => void saver.flush()}
      data-save={state}
    >
      <Icon size={16} aria-hidden="true" />
      <span role="status">{words[state]}</span>
    </button>
  );
}

export function Travel() {
  const past = useHistory((history) => history.past > 0);
  const future = useHistory((history) => history.future > 0);
  return (
    <div className="ke-travel">
      <IconButton label={t('Undo (Ctrl+Z)')} disabled={!past} onClick={undo}>
        {isRtl() ? <IconArrowForwardUp size={18} /> : <IconArrowBackUp size={18} />}
      </IconButton>
      <IconButton label={t('Redo (Ctrl+Shift+Z)')} disabled={!future} onClick={redo}>
        {isRtl() ? <IconArrowBackUp size={18} /> : <IconArrowForwardUp size={18} />}
      </IconButton>
    </div>
  );
}

export function Problems({ checks }: { checks: readonly Check[] }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      const outside = !(event.target as Element | null)?.closest?.('.ke-problems');
      if (outside || (event instanceof KeyboardEvent && event.key === 'Escape')) setOpen(false);
    };
    addEventListener('mousedown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('mousedown', close);
      removeEventListener('keydown', close);
    };
  }, [open]);
  if (!checks.length) return null;
  return (
    <div className="ke-problems">
      <button
        type="button"
        className="btn btn-sm ke-count"
        aria-expanded={open}
        aria-label={plural(checks.length, 'One thing to put right', '{count} things to put right')}
        onClick={() => setOpen(!open)}
      >
        <IconAlertTriangle size={16} aria-hidden="true" />
        <span className="num">{checks.length}</span>
      </button>
      {open && (
        <div className="ke-problems-list">
          <CheckList checks={checks} onPick={() => setOpen(false)} />
        </div>
      )}
    </div>
  );
}
