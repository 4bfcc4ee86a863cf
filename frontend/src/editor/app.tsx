/** The document editor: bar, palette, mail, inspector; and what they share: keys, saving, announcements. */

import { IconAdjustments, IconAlertTriangle, IconEye, IconPalette, IconPlus, IconSend, IconX } from '@tabler/icons-react';
import { Direction } from 'radix-ui';
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { date, isModified, isRtl, t } from '../lib/i18n';
import { BlockActions, Canvas } from './canvas';
import { CheckList } from './check-list';
import { type Check, checksOf } from './checks';
import { EditorContext, focusBlock, onAnnouncement } from './context';
import type { EditorData } from './contract';
import { Dragging } from './dnd';
import { Header } from './header';
import { IconButton } from './icons';
import { Inspector } from './inspector';
import { type Block, find } from './model';
import { Palette } from './palette';
import type { Saver } from './saving';
import { useTargetingSync } from './targets';
import { blocksNow, deleteBlock, pasteBlock, redo, select, undo, useEditor } from './store';
import { show, useView } from './view';

const PreviewPane = lazy(() => import('./preview'));
const TestDialog = lazy(() => import('./test-dialog'));
const TargetDialog = lazy(() => import('./target-dialog'));
const CoverageDialog = lazy(() => import('./coverage'));
const ConflictDialog = lazy(() => import('./conflict'));

type Props = { data: EditorData; saver: Saver };

export function EditorApp({ data, saver }: Props) {
  const draft = useEditor((state) => state.draft);
  const server = useView((state) => state.serverProblems);
  const preview = useView((state) => state.preview);
  const testing = useView((state) => state.testing);
  const conflict = useView((state) => state.conflict !== null);
  const targeting = useView((state) => state.targeting);
  const covering = useView((state) => state.covering);
  const checks = useMemo(() => checksOf(draft, data.fields, server), [draft, data.fields, server]);
  useEffect(() => saver.start(), [saver]);
  useEffect(() => show({ flagged: new Set(checks.flatMap(({ block }) => block ?? [])) }), [checks]);
  useKeys(saver);
  useTargetingSync(data.urls);
  return (
    <EditorContext value={data}>
      <Direction.Provider dir={isRtl() ? 'rtl' : 'ltr'}>
        <div className="ke">
          <Header saver={saver} checks={checks} />
          <RecoveredBanner saver={saver} />
          <Dragging>
            <div className="ke-body">
              {preview ? (
                <Suspense fallback={<div className="ke-stage" />}>
                  <PreviewPane />
                </Suspense>
              ) : (
                <Desk checks={checks} />
              )}
            </div>
          </Dragging>
          <FootBar checks={checks} />
          <Announcer />
          <Suspense fallback={null}>
            {testing && <TestDialog onClose={() => show({ testing: false })} />}
            {conflict && <ConflictDialog saver={saver} />}
            {targeting && <TargetDialog id={targeting} onClose={() => show({ targeting: null })} />}
            {covering && <CoverageDialog onClose={() => show({ covering: false })} />}
          </Suspense>
        </div>
      </Direction.Provider>
    </EditorContext>
  );
}

function Desk({ checks }: { checks: readonly Check[] }) {
  const sheet = useView((state) => state.sheet);
  return (
    <>
      <Sheet name="palette" label={t('Blocks')} open={sheet === 'palette' || sheet === 'checks'} className="ke-side">
        {sheet !== 'checks' && <Palette />}
        <section aria-label={t('Content check')}>
          <h2 className="ke-side-title">{t('Content check')}</h2>
          <CheckList checks={checks} />
        </section>
      </Sheet>
      <Canvas />
      <Sheet name="inspector" label={t('Settings')} open={sheet === 'inspector'} className="ke-inspector">
        <Inspector />
      </Sheet>
    </>
  );
}

type SheetProps = { name: string; label: string; open: boolean; className: string; children: ReactNode };

/** A column beside the mail; on a phone a sheet that rises from the foot. */
function Sheet({ name, label, open, className, children }: SheetProps) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    if (open) ref.current?.focus({ preventScroll: true });
  }, [open]);
  return (
    <>
      {open && (
        <button
          type="button"
          className="ke-scrim"
          tabIndex={-1}
          aria-hidden="true"
          onClick={() => show({ sheet: null })}
        />
      )}
      <aside
        ref={ref}
        className={`${className} ke-sheet ${open ? 'ke-open' : ''}`}
        aria-label={label}
        data-sheet={name}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !open) return;
          show({ sheet: null });
          event.stopPropagation();
        }}
      >
        <IconButton className="ke-sheet-close" label={t('Close')} onClick={() => show({ sheet: null })}>
          <IconX size={18} />
        </IconButton>
        {children}
      </aside>
    </>
  );
}

/** On a phone: what can be done with the selected block, or with the mail. */
function FootBar({ checks }: { checks: readonly Check[] }) {
  const selected = useEditor((state) => state.selected);
  const preview = useView((state) => state.preview);
  const block = find(blocksNow(), selected);
  if (preview) {
    return (
      <nav className="ke-footbar" aria-label={t('Preview')}>
        <button type="button" className="btn btn-primary" onClick={() => show({ preview: false })}>
          {t('Back to editing')}
        </button>
      </nav>
    );
  }
  return (
    <nav className="ke-footbar" aria-label={t('Actions')}>
      <button type="button" className="ke-foot" onClick={() => show({ sheet: 'palette' })}>
        <IconPlus size={20} aria-hidden="true" />
        {t('Add')}
      </button>
      {block ? (
        <>
          <button type="button" className="ke-foot" onClick={() => show({ sheet: 'inspector' })}>
            <IconAdjustments size={20} aria-hidden="true" />
            {t('Settings')}
          </button>
          <span className="ke-foot-actions">
            <BlockActions id={block.id} label={block.kind} />
          </span>
        </>
      ) : (
        <>
          <button type="button" className="ke-foot" onClick={() => show({ sheet: 'inspector' })}>
            <IconPalette size={20} aria-hidden="true" />
            {t('Design')}
          </button>
          <button type="button" className="ke-foot" onClick={() => show({ sheet: 'checks' })}>
            <IconAlertTriangle size={20} aria-hidden="true" />
            {t('Check')}
            {checks.length > 0 && <b className="ke-badge num">{checks.length}</b>}
          </button>
          <button type="button" className="ke-foot" onClick={() => show({ preview: true })}>
            <IconEye size={20} aria-hidden="true" />
            {t('Preview')}
          </button>
          <button type="button" className="ke-foot" onClick={() => show({ testing: true })}>
            <IconSend size={20} className="flip" aria-hidden="true" />
            {t('Test')}
          </button>
        </>
      )}
    </nav>
  );
}

export function RecoveredBanner({ saver }: { saver: Saver }) {
  const at = useView((state) => state.recovered);
  if (!at) return null;
  return (
    <div className="ke-banner" role="status">
      <span>
        {t('Changes from {time} that had not reached the server were brought back.', {
          time: date(at, { dateStyle: 'short', timeStyle: 'short' }),
        })}
      </span>
      <button type="button" className="btn btn-sm" onClick={() => show({ recovered: null })}>
        {t('Keep them')}
      </button>
      <button type="button" className="btn btn-sm btn-danger" onClick={saver.discardRecovered}>
        {t('Throw them away')}
      </button>
    </div>
  );
}

export function Announcer() {
  const [message, setMessage] = useState('');
  useEffect(() => {
    let turn = 0;
    // The same words twice are only read again when the text differs: a space that is not seen.
    return onAnnouncement((words) => setMessage(words + (turn++ % 2 ? '\u00a0' : '')));
  }, []);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-announcer>
      {message}
    </div>
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select, dialog') !== null);

function useKeys(saver: Saver): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const inForeign = event.target instanceof HTMLElement && event.target.closest('input, textarea, dialog') !== null;
      if (isModified(event, 'KeyS')) void saver.flush();
      else if (inForeign) return;
      else if (isModified(event, 'KeyZ')) event.shiftKey ? redo() : undo();
      else if (isModified(event, 'KeyY')) redo();
      else if (event.code === 'Escape' && useView.getState().preview) show({ preview: false });
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onCopy = (event: ClipboardEvent) => copy(event, false);
    const onCut = (event: ClipboardEvent) => copy(event, true);
    addEventListener('keydown', onKeyDown, { capture: true });
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCut);
    document.addEventListener('paste', paste);
    return () => {
      removeEventListener('keydown', onKeyDown, { capture: true });
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCut);
      document.removeEventListener('paste', paste);
    };
  }, [saver]);
}

/** Blocks travel as text with this beginning, so they can be pasted into another document too. */
const CLIPPING = 'kesher-block:';

function copy(event: ClipboardEvent, cut: boolean): void {
  const block = find(blocksNow(), useEditor.getState().selected);
  if (!block || isTyping(event.target) || getSelection()?.isCollapsed === false) return;
  event.clipboardData?.setData('text/plain', CLIPPING + JSON.stringify(block));
  event.preventDefault();
  if (cut) focusBlock(deleteBlock(block.id));
}

function paste(event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (!text.startsWith(CLIPPING) || isTyping(event.target)) return;
  event.preventDefault();
  const id = pasteBlock(JSON.parse(text.slice(CLIPPING.length)) as Block);
  select(id);
  focusBlock(id);
}
