/** The page of the canvas: the bar above, the drawing, the inspector, the dialogs. */

import { IconAlertTriangle, IconArrowBackUp, IconArrowForwardUp, IconChevronLeft, IconCloudCheck, IconCloudOff, IconCloudUpload, IconPlus, IconRocket, IconSearch, IconX } from '@tabler/icons-react';
import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { get } from '../lib/api';
import { isRtl, plural, t } from '../lib/i18n';
import { Rehearsed, RehearseButton } from '../rehearsal/rehearsed';
import { Canvas } from './canvas';
import { PageContext, usePage, useTold } from './context';
import type { JourneyData, Numbers } from './contract';
import { Conflicted, Insert, Removing } from './dialogs';
import { Finding } from './finding';
import { IconButton } from './icons';
import { Inspector } from './inspector';
import { lastWay, START } from './model';
import { AddNote } from './noted';
import { isNote } from './notes';
import type { Saver } from './saving';
import { redo, type SaveState, select, show, undo, useHistory, useJourney, useView } from './store';
import { Workshop } from './workshop';

const NUMBERS_MS = 15_000;

export function JourneyApp({ data, saver }: { data: JourneyData; saver: Saver }) {
  const page = useMemo(() => ({ data, kinds: new Map(data.palette.nodes.map((kind) => [kind.kind, kind])) }), [data]);
  const { inserting, removing, moving, writing, searching, conflict, said } = useView();
  useEffect(() => saver.start(), [saver]);
  useLiveNumbers(data.urls.numbers);
  return (
    <PageContext value={page}>
      <ReactFlowProvider>
        <div className="kj">
          <Bar saver={saver} />
          <Rehearsed journeys={data.urls.back} />
          <div className="kj-body" inert={writing !== null}>
            <Canvas />
            {searching && <Finding />}
            {moving && <Moving id={moving} />}
            <Inspector />
            <AddBar />
          </div>
          {writing && <Workshop id={writing} saver={saver} />}
          {inserting && <Insert way={inserting} />}
          {removing && <Removing id={removing} />}
          {conflict && <Conflicted saver={saver} />}
          <p className="visually-hidden" role="status">
            {said}
          </p>
        </div>
      </ReactFlowProvider>
    </PageContext>
  );
}

/** Who is where, asked again while the page is looked at. */
function useLiveNumbers(url: string): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      get<Numbers>(url).then(
        (numbers) => show({ numbers }),
        () => undefined,
      );
    }, NUMBERS_MS);
    return () => clearInterval(timer);
  }, [url]);
}

const SAVE_WORDS: Readonly<Record<SaveState, () => string>> = {
  saved: () => t('All changes are saved'),
  unsaved: () => t('Not saved yet'),
  saving: () => t('Saving…'),
  offline: () => t('No connection; it will be saved later'),
  refused: () => t('Could not be saved'),
  conflict: () => t('Changed elsewhere'),
};

function Bar({ saver }: { saver: Saver }) {
  const { data } = usePage();
  const name = useJourney((state) => state.graph.name);
  const save = useView((state) => state.save);
  const isPublished = useView((state) => state.isPublished);
  const Cloud = save === 'saved' ? IconCloudCheck : save === 'offline' || save === 'refused' ? IconCloudOff : IconCloudUpload;
  const publish = async () => {
    if (await saver.flush()) location.assign(data.urls.publish);
  };
  return (
    <header className="kj-bar">
      <a className="k-icon-button" href={data.urls.page} aria-label={t('Back to the journey')} title={t('Back to the journey')}>
        <IconChevronLeft size={19} className="flip" aria-hidden="true" />
      </a>
      <button type="button" className="kj-name" onClick={() => select(START)}>
        <bdi>{name || data.journey.name}</bdi>
      </button>
      <span className={`k-status ${data.journey.status === 'live' ? 'k-status-live' : 'k-status-off'}`}>{data.journey.status_label}</span>
      <span className={`kj-save kj-save-${save}`} role="status">
        <Cloud size={15} aria-hidden="true" /> <span>{SAVE_WORDS[save]()}</span>
      </span>
      <IconButton label={t('Find a step (Ctrl+F)')} onClick={() => show({ searching: true })}>
        <IconSearch size={18} aria-hidden="true" />
      </IconButton>
      <Travel />
      <Problems />
      <RehearseButton page={data.urls.page} flush={saver.flush} />
      <button type="button" className="btn btn-sm btn-primary" disabled={isPublished} onClick={publish}>
        <IconRocket size={16} aria-hidden="true" /> {isPublished ? t('Published') : t('Publish')}
      </button>
    </header>
  );
}

function Travel() {
  const past = useHistory((history) => history.past);
  const future = useHistory((history) => history.future);
  const [Back, Forth] = isRtl() ? [IconArrowForwardUp, IconArrowBackUp] : [IconArrowBackUp, IconArrowForwardUp];
  return (
    <span className="kj-travel">
      <IconButton label={t('Undo (Ctrl+Z)')} disabled={!past} onClick={undo}>
        <Back size={18} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('Redo (Ctrl+Shift+Z)')} disabled={!future} onClick={redo}>
        <Forth size={18} aria-hidden="true" />
      </IconButton>
    </span>
  );
}

/** While a step is taken elsewhere: the ways offer to take it. */
function Moving({ id }: { id: string }) {
  const step = useJourney((state) => state.graph.nodes[id]);
  const told = useTold(id, step);
  const all = useView((state) => state.movingAll);
  return (
    <div className="kj-moving" role="status">
      <span>{t('Where should “{step}” stand? Choose a way.', { step: told.title })}</span>
      <button type="button" className="kj-with" aria-pressed={all} onClick={() => show({ movingAll: !all })}>
        {t('with all that follows')}
      </button>
      <IconButton label={t('Leave it where it is')} onClick={() => show({ moving: null })}>
        <IconX size={17} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

/** On a phone: the one thing that is done most, within reach of the thumb. */
function AddBar() {
  const { kinds } = usePage();
  const graph = useJourney((state) => state.graph);
  const isOnNote = useJourney((state) => isNote(state.selected));
  if (isOnNote) return null; // the note's own deeds lie there
  return (
    <div className="kj-addbar">
      <button type="button" className="btn btn-primary" onClick={() => show({ inserting: lastWay(graph, kinds) })}>
        <IconPlus size={18} aria-hidden="true" /> {t('Add a step')}
      </button>
      <AddNote wide />
    </div>
  );
}

/** What is wrong, counted; opened it leads to the steps. */
function Problems() {
  const problems = useView((state) => state.problems);
  const [isOpen, setOpen] = useState(false);
  const frame = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event) => {
      const isInside = frame.current?.contains(event.target as Node);
      if (!isInside || (event instanceof KeyboardEvent && event.key === 'Escape')) setOpen(false);
    };
    addEventListener('pointerdown', leave);
    addEventListener('keydown', leave);
    return () => {
      removeEventListener('pointerdown', leave);
      removeEventListener('keydown', leave);
    };
  }, [isOpen]);
  const shown = problems.filter(({ level }) => level !== 'tip');
  if (!shown.length) return null;
  const words = plural(shown.length, '1 to look at', '{count} to look at');
  return (
    <span className="kj-problems" ref={frame}>
      <button type="button" className="btn btn-sm kj-warned" aria-expanded={isOpen} aria-label={words} onClick={() => setOpen(!isOpen)}>
        <IconAlertTriangle size={15} aria-hidden="true" /> <span>{words}</span>
      </button>
      {isOpen && (
        <ul className="kj-problem-list">
          {shown.map((problem) => (
            <li key={problem.path + problem.message}>
              <button
                type="button"
                onClick={() => {
                  setOpen(false);
                  select(problem.node ?? START);
                  show({ inspecting: true });
                }}
              >
                <IconAlertTriangle size={15} className={`kj-${problem.level}`} aria-hidden="true" />
                <span>
                  <Where id={problem.node} />
                  {problem.message}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </span>
  );
}

/** The step that a problem is about. */
function Where({ id }: { id: string | null }) {
  const step = useJourney((state) => (id ? state.graph.nodes[id] : undefined));
  const told = useTold(id ?? '', step);
  return (
    <small>
      <bdi>{id ? told.title : t('The journey')}</bdi>
    </small>
  );
}
