/** The editor of SMS and WhatsApp texts: pieces on one side, the phone on the other. */

import { IconSend } from '@tabler/icons-react';
import { Direction } from 'radix-ui';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { isModified, isRtl, t } from '../lib/i18n';
import { Announcer, RecoveredBanner } from './app';
import { CheckList } from './check-list';
import { checksOf } from './checks';
import { EditorContext } from './context';
import type { EditorData, Person } from './contract';
import { Dragging } from './dnd';
import { BackLink, Name, NextButton, Problems, SaveWords, Travel } from './header';
import type { Saver } from './saving';
import './sms.css';
import type { TextUrls } from './sms-contract';
import { useTextLook, useTextSizes } from './sms-look';
import { Meter, Phone } from './sms-phone';
import { Pieces } from './sms-pieces';
import { redo, undo, useEditor } from './store';
import { show, useView } from './view';

const TestDialog = lazy(() => import('./sms-test'));
const ConflictDialog = lazy(() => import('./conflict'));

type Props = { data: EditorData; urls: TextUrls; saver: Saver };

export function SmsApp({ data, urls, saver }: Props) {
  const [person, setPerson] = useState<Person | null>(null);
  const draft = useEditor((state) => state.draft);
  const server = useView((state) => state.serverProblems);
  const testing = useView((state) => state.testing);
  const conflict = useView((state) => state.conflict !== null);
  const look = useTextLook(urls, person?.id ?? null);
  const sizes = useTextSizes(urls);
  const checks = useMemo(() => checksOf(draft, data.fields, server), [draft, data.fields, server]);
  useEffect(() => saver.start(), [saver]);
  useEffect(() => show({ flagged: new Set(checks.flatMap(({ block }) => block ?? [])) }), [checks]);
  useKeys(saver);
  return (
    <EditorContext value={data}>
      <Direction.Provider dir={isRtl() ? 'rtl' : 'ltr'}>
        <div className="ke ke-sms">
          <header className="ke-bar">
            <BackLink />
            <div className="ke-bar-name">
              <Name />
              <SaveWords saver={saver} />
            </div>
            <Travel />
            <Problems checks={checks} />
            <button type="button" className="btn btn-sm" onClick={() => show({ testing: true })}>
              <IconSend size={16} className="flip" aria-hidden="true" /> {t('Send a test')}
            </button>
            <NextButton saver={saver} />
          </header>
          <RecoveredBanner saver={saver} />
          <div className="ke-sms-body">
            <div className="ke-sms-desk" data-stage>
              <Dragging>
                <Pieces targeting={look?.targeting ?? []} />
              </Dragging>
              <section className="ke-sms-checks" aria-label={t('Content check')}>
                <h2 className="ke-side-title">{t('Content check')}</h2>
                <CheckList checks={checks} />
              </section>
            </div>
            <Phone look={look} sizes={sizes} person={person} onPerson={setPerson} />
          </div>
          <div className="ke-sms-foot">
            {look && !look.not_sent && <Meter size={look.size} inParts={data.document.kind === 'sms'} />}
          </div>
          <Announcer />
          <Suspense fallback={null}>
            {testing && <TestDialog person={person} onClose={() => show({ testing: false })} />}
            {conflict && <ConflictDialog saver={saver} />}
          </Suspense>
        </div>
      </Direction.Provider>
    </EditorContext>
  );
}

function useKeys(saver: Saver): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const inForeign =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, dialog') !== null;
      if (isModified(event, 'KeyS')) void saver.flush();
      else if (inForeign) return;
      else if (isModified(event, 'KeyZ')) event.shiftKey ? redo() : undo();
      else if (isModified(event, 'KeyY')) redo();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener('keydown', onKeyDown, { capture: true });
    return () => removeEventListener('keydown', onKeyDown, { capture: true });
  }, [saver]);
}
