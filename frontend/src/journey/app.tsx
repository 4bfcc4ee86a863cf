/** The page of the canvas: the bar above, the drawing, the inspector, the dialogs. */

import { IconAlertTriangle, IconArrowBackUp, IconArrowForwardUp, IconChevronLeft, IconCloudCheck, IconCloudOff, IconCloudUpload, IconRocket } from '@tabler/icons-react';
import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useMemo, useState } from 'react';
import { get } from '../lib/api';
import { isRtl, plural, t } from '../lib/i18n';
import { Canvas } from './canvas';
import { PageContext, usePage } from './context';
import type { JourneyData, Numbers } from './contract';
import { Conflicted, Insert, Removing } from './dialogs';
import { IconButton } from './icons';
import { Inspector } from './inspector';
import { START } from './model';
import type { Saver } from './saving';
import { redo, type SaveState, select, show, undo, useHistory, useJourney, useView } from './store';

const NUMBERS_MS = 15_000;

export function JourneyApp({ data, saver }: { data: JourneyData; saver: Saver }) {
  const page = useMemo(() => ({ data, kinds: new Map(data.palette.nodes.map((kind) => [kind.kind, kind])) }), [data]);
  const { inserting, removing, conflict, said } = useView();
  useEffect(() => saver.start(), [saver]);
  useLiveNumbers(data.urls.numbers);
  return (
    <PageContext value={page}>
      <ReactFlowProvider>
        <div className="kj">
          <Bar saver={saver} />
          <div className="kj-body">
            <Canvas />
            <Inspector />
          </div>
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
      <Travel />
      <Problems />
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

/** What is wrong, counted; opened it leads to the steps. */
function Problems() {
  const problems = useView((state) => state.problems);
  const [isOpen, setOpen] = useState(false);
  const shown = problems.filter(({ level }) => level !== 'tip');
  if (!shown.length) return null;
  const words = plural(shown.length, '1 to look at', '{count} to look at');
  return (
    <span className="kj-problems">
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
                <IconAlertTriangle size={15} className={`kj-${problem.level}`} aria-hidden="true" /> <span>{problem.message}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </span>
  );
}
