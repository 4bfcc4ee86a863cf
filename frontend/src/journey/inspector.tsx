/** The settings of what is selected, made from the server's schema; a sheet at the foot on a phone. */

import { IconAlertTriangle, IconCopy, IconTrash, IconUsers, IconX } from '@tabler/icons-react';
import { t } from '../lib/i18n';
import { usePage, useTold } from './context';
import { duplicate, removeSelected } from './deeds';
import { IconButton, KindIcon } from './icons';
import { START } from './model';
import { Field, SettingControl } from './settings';
import { StartSettings } from './start';
import { patch, patchGraph, select, useJourney, useView } from './store';

export function Inspector() {
  const selected = useJourney((state) => state.selected);
  const isOpen = useView((state) => state.inspecting);
  if (!selected || !isOpen) return null;
  return selected === START ? <StartPanel /> : <StepPanel key={selected} id={selected} />;
}

function Panel({ icon, tone, label, title, children, foot }: { icon: string; tone: string; label: string; title: string; children: React.ReactNode; foot?: React.ReactNode }) {
  return (
    <aside className="kj-inspector" aria-label={t('Settings of the step')} onKeyDown={(event) => event.key === 'Escape' && select(null)}>
      <header>
        <KindIcon name={icon} tone={tone} />
        <div className="kj-words">
          <small>{label}</small>
          <b>
            <bdi>{title}</bdi>
          </b>
        </div>
        <IconButton label={t('Close')} onClick={() => select(null)}>
          <IconX size={17} aria-hidden="true" />
        </IconButton>
      </header>
      <div className="kj-inspector-body">{children}</div>
      {foot && <footer>{foot}</footer>}
    </aside>
  );
}

function StartPanel() {
  const name = useJourney((state) => state.graph.name);
  return (
    <Panel icon="bolt" tone="teal" label={t('Trigger')} title={t('The journey')}>
      <Problems of={null} />
      <Field label={t('Name of the journey')}>
        {(id) => <input id={id} className="form-control" dir="auto" maxLength={200} value={name} onChange={(event) => patchGraph({ name: event.target.value })} />}
      </Field>
      <StartSettings />
    </Panel>
  );
}

function Problems({ of }: { of: string | null }) {
  const problems = useView((state) => state.problems);
  return problems
    .filter(({ node, level }) => node === of && level !== 'tip')
    .map(({ path, message, level }) => (
      <p key={path + message} className={`k-note ${level === 'error' ? 'k-note-coral' : 'k-note-amber'}`}>
        <IconAlertTriangle size={16} aria-hidden="true" /> <span>{message}</span>
      </p>
    ));
}

function StepPanel({ id }: { id: string }) {
  const { kinds, data } = usePage();
  const step = useJourney((state) => state.graph.nodes[id]);
  const told = useTold(id, step);
  const waiting = useView((state) => state.numbers.nodes[id]?.waiting ?? 0);
  const kind = kinds.get(step?.kind ?? '');
  if (!step || !kind) return null;
  const put = (part: Parameters<typeof patch>[1]) => patch(id, part);
  return (
    <Panel
      icon={kind.icon}
      tone={kind.tone}
      label={kind.label}
      title={told.title}
      foot={
        <>
          <button type="button" className="btn btn-sm" onClick={() => duplicate(id, kinds)} disabled={step.kind === 'exit'}>
            <IconCopy size={15} aria-hidden="true" /> {t('Duplicate')}
          </button>
          <button type="button" className="btn btn-sm k-danger" onClick={() => removeSelected(id, kinds)}>
            <IconTrash size={15} aria-hidden="true" /> {t('Delete')}
          </button>
        </>
      }
    >
      {told.sentence && <p className="kj-help">{told.sentence}</p>}
      <Problems of={id} />
      {waiting > 0 && (
        <a className="btn btn-sm" href={`${data.urls.people}${encodeURIComponent(id)}/`}>
          <IconUsers size={15} aria-hidden="true" /> {t('{count} people are here now', { count: waiting })}
        </a>
      )}
      {kind.settings
        .filter(({ key }) => !RARE.includes(key))
        .map((setting) => (
          <SettingControl key={setting.key} setting={setting} step={step} put={put} />
        ))}
      <details className="kj-more">
        <summary>{t('More')}</summary>
        {!kind.settings.some(({ key }) => key === 'name') && (
          <Field label={t('Name of the step')}>
            {(field) => <input id={field} className="form-control" dir="auto" value={step.name ?? ''} onChange={(event) => put({ name: event.target.value || undefined } as Parameters<typeof patch>[1])} />}
          </Field>
        )}
        {kind.settings
          .filter(({ key }) => RARE.includes(key))
          .map((setting) => (
            <SettingControl key={setting.key} setting={setting} step={step} put={put} />
          ))}
      </details>
    </Panel>
  );
}

/** Seldom set: behind "more". */
const RARE: readonly string[] = ['preheader', 'only_if', 'sender_name', 'sender_email', 'reply_to', 'message_class'];
