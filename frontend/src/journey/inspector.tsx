/** The settings of what is selected, made from the server's schema; a sheet at the foot on a phone. */

import { IconAlertTriangle, IconArrowsMove, IconBulb, IconClick, IconCopy, IconMailOpened, IconTrash, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { number, percent, t } from '../lib/i18n';
import { usePage, useTold } from './context';
import type { StepNumbers } from './contract';
import { addCheck, copySubtree, duplicate, removeSelected } from './deeds';
import { Field, More } from './field';
import { IconButton, KindIcon } from './icons';
import { isChecked, SENDING, START } from './model';
import { Settings } from './settings';
import { StartSettings } from './start';
import { patch, patchGraph, select, show, useJourney, useView } from './store';

export function Inspector() {
  const selected = useJourney((state) => state.selected);
  const isOpen = useView((state) => state.inspecting);
  if (!selected || !isOpen) return null;
  return selected === START ? <StartPanel /> : <StepPanel key={selected} id={selected} />;
}

type PanelProps = { icon: string; tone: string; label: string; title: string; children: ReactNode; foot?: ReactNode };

function Panel({ icon, tone, label, title, children, foot }: PanelProps) {
  const close = () => {
    const here = useJourney.getState().selected;
    select(null);
    show({ said: '' });
    if (here) document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(here)}"]`)?.focus({ preventScroll: true });
  };
  return (
    <aside className="kj-inspector" aria-label={t('Settings of the step')} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <header>
        <KindIcon name={icon} tone={tone} />
        <div className="kj-words">
          {label !== title && <small>{label}</small>}
          <b>
            <bdi>{title}</bdi>
          </b>
        </div>
        <IconButton label={t('Close')} onClick={close}>
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

/** What is wrong, the worst first; of one place once. */
function Problems({ of }: { of: string | null }) {
  const problems = useView((state) => state.problems);
  const mine = problems.filter(({ node, level }) => node === of && level !== 'tip');
  const shown = mine.filter(({ path }, at) => mine.findIndex((one) => one.path === path) === at);
  if (!shown.length) return null;
  return (
    <ul className={`k-note kj-wrong ${shown.some(({ level }) => level === 'error') ? 'k-note-coral' : 'k-note-amber'}`}>
      {shown.map(({ path, message }) => (
        <li key={path}>
          <IconAlertTriangle size={16} aria-hidden="true" /> <span>{message}</span>
        </li>
      ))}
    </ul>
  );
}

/** Advice of the server; of the control check there is more than words. */
const Tips = ({ of }: { of: string }) => {
  const problems = useView((state) => state.problems);
  return problems
    .filter(({ node, level, code }) => node === of && level === 'tip' && code !== 'no_control')
    .map(({ path, message }) => (
      <p key={path + message} className="kj-tip">
        <IconBulb size={15} aria-hidden="true" /> <span>{message}</span>
      </p>
    ));
};

function StepPanel({ id }: { id: string }) {
  const { kinds } = usePage();
  const step = useJourney((state) => state.graph.nodes[id]);
  const told = useTold(id, step);
  const kind = kinds.get(step?.kind ?? '');
  const note = useRef<HTMLTextAreaElement>(null);
  const rows = step?.note;
  useEffect(() => {
    if (note.current) note.current.style.blockSize = rows ? `${Math.min(note.current.scrollHeight + 2, 220)}px` : '';
  }, [rows]);
  useBegun(id);
  if (!step || !kind) return null;
  const put = (part: Parameters<typeof patch>[1]) => patch(id, part);
  const of = (isRare: boolean) => kind.settings.filter(({ key }) => RARE.includes(key) === isRare);
  const hasName = kind.settings.some(({ key }) => key === 'name');
  return (
    <Panel icon={kind.icon} tone={kind.tone} label={kind.label} title={told.title} foot={<Deeds id={id} isEnd={step.kind === 'exit'} />}>
      {told.sentence && told.sentence !== told.title ? <p className="kj-sentence">{told.sentence}</p> : <p className="kj-help kj-help-above">{kind.help}</p>}
      <Problems of={id} />
      <Figures id={id} />
      <Settings settings={of(false)} step={step} put={put} id={id} />
      {SENDING.includes(step.kind) && <Control id={id} />}
      <Tips of={id} />
      <More
        label={t('More: name, note, and what is seldom set')}
        open={of(true).some(({ key }) => step[key]) || !!step.note || (!hasName && !!step.name)}
      >
        {!hasName && (
          <Field label={t('Name of the step')}>
            {(field) => (
              <input id={field} className="form-control" dir="auto" value={step.name ?? ''} onChange={(event) => put({ name: event.target.value || undefined } as Parameters<typeof patch>[1])} />
            )}
          </Field>
        )}
        <Field label={t('Note for the team')}>
          {(field) => (
            <textarea
              ref={note}
              id={field}
              className="form-control"
              dir="auto"
              rows={2}
              maxLength={2000}
              value={typeof step.note === 'string' ? step.note : ''}
              onChange={(event) => put({ note: event.target.value || undefined } as Parameters<typeof patch>[1])}
            />
          )}
        </Field>
        <Settings settings={of(true)} step={step} put={put} id={id} />
      </More>
    </Panel>
  );
}

const FIRST = ':is(input, select, textarea, .kr-add, .btn)';
const TRIES = 20;

/** A step that was just put in is filled in next: no click on its first setting is needed. Not under a finger, where keys would cover it. */
function useBegun(id: string): void {
  useEffect(() => {
    if (useView.getState().begun !== id) return;
    show({ begun: null });
    if (matchMedia('(pointer: coarse)').matches) return;
    let left = TRIES;
    const timer = setInterval(() => {
      const field = document.querySelector<HTMLElement>(`.kj-inspector-body > .kj-setting ${FIRST}`);
      left -= 1;
      if (field || left === 0) clearInterval(timer);
      field?.focus({ preventScroll: true });
    }, 50);
    return () => clearInterval(timer);
  }, [id]);
}

/** Seldom set: behind "more". */
const RARE: readonly string[] = ['preheader', 'only_if', 'sender_name', 'sender_email', 'reply_to'];

function Deeds({ id, isEnd }: { id: string; isEnd: boolean }) {
  const { kinds } = usePage();
  return (
    <>
      {!isEnd && (
        <>
          <button type="button" className="btn btn-sm" onClick={() => duplicate(id, kinds)}>
            {t('Duplicate')}
          </button>
          <IconButton label={t('Copy with what follows (Ctrl+C)')} onClick={() => copySubtree(id, kinds)}>
            <IconCopy size={17} aria-hidden="true" />
          </IconButton>
          <IconButton label={t('Move elsewhere')} onClick={() => show({ moving: id, movingAll: false, inspecting: false, said: t('Choose where to put it') })}>
            <IconArrowsMove size={17} aria-hidden="true" />
          </IconButton>
        </>
      )}
      <button type="button" className="btn btn-sm k-danger kj-last" onClick={() => removeSelected(id, kinds)}>
        <IconTrash size={15} aria-hidden="true" /> {t('Delete')}
      </button>
    </>
  );
}

/** Beside every message: did it do anything? One click draws the question. */
function Control({ id }: { id: string }) {
  const { kinds } = usePage();
  const isAsked = useJourney((state) => isChecked(state.graph, id, kinds));
  const isMail = useJourney((state) => state.graph.nodes[id]?.kind === 'send_email');
  if (isAsked) return null;
  return (
    <section className="kj-control" aria-label={t('Control check')}>
      <p>
        <IconBulb size={16} aria-hidden="true" /> <span>{t('And if it does nothing? Ask two days later, and go on two ways.')}</span>
      </p>
      <div className="kj-row kj-wrap">
        {isMail && (
          <button type="button" className="btn btn-sm" onClick={() => addCheck(id, 'opened', kinds)}>
            <IconMailOpened size={15} aria-hidden="true" /> {t('Opened?')}
          </button>
        )}
        <button type="button" className="btn btn-sm" onClick={() => addCheck(id, 'clicked', kinds)}>
          <IconClick size={15} aria-hidden="true" /> {t('Clicked?')}
        </button>
      </div>
    </section>
  );
}

/** How many came, stand here, went on; of messages what became of them. Each leads to the people. */
function Figures({ id }: { id: string }) {
  const { data } = usePage();
  const numbers = useView((state) => state.numbers.nodes[id]);
  const rehearsed = useView((state) => state.people);
  if (!numbers?.entered) return null;
  const live = numbers.waiting ? `${data.urls.people}${encodeURIComponent(id)}/` : undefined;
  const came = rehearsed ? `${rehearsed}?node=${encodeURIComponent(id)}` : undefined;
  const sent = numbers.messages.sent ?? 0;
  const share = (what: string) => `${number(numbers.messages[what] ?? 0)} · ${percent(numbers.messages[what] ?? 0, sent)}`;
  return (
    <dl className="kj-numbers">
      <Figure label={t('came')} value={number(numbers.entered)} href={came} />
      <Figure label={rehearsed ? t('here at the end') : t('here now')} value={number(numbers.waiting)} href={rehearsed ? undefined : live} />
      <Figure label={t('went on')} value={number(leftOf(numbers))} />
      {sent > 0 && (
        <>
          <Figure label={t('sent')} value={number(sent)} />
          <Figure label={t('opened')} value={share('opened')} />
          <Figure label={t('clicked')} value={share('clicked')} />
        </>
      )}
    </dl>
  );
}

const leftOf = ({ entered, waiting }: StepNumbers): number => entered - waiting;

const Figure = ({ label, value, href }: { label: string; value: string; href?: string | undefined }) => (
  <div>
    <dt>{label}</dt>
    <dd className="num">{href ? <a href={href}>{value}</a> : value}</dd>
  </div>
);
