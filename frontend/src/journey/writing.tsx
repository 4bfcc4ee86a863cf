/** The editor of messages over the canvas. What is written goes straight into the step, and is saved with the journey. Loaded when opened. */

import { useEffect, useMemo, useState } from 'react';
import '../editor/editor.css';
import { EditorApp } from '../editor/app';
import type { EditorData, Problem } from '../editor/contract';
import editorWords from '../editor/he.json';
import { setKnownFields } from '../editor/merge-tag';
import type { Body, Draft } from '../editor/model';
import type { Saver as EditorSaver } from '../editor/saving';
import { SmsApp } from '../editor/sms';
import { load, replaceDraft, useEditor } from '../editor/store';
import { show as showEditor } from '../editor/view';
import { addDictionary, t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import { textUrlsOf } from './bench';
import type { Problem as JourneyProblem, Step } from './contract';
import { patchStep } from './model';
import type { Saver } from './saving';
import { change, SESSION, show, useJourney, useView } from './store';

addDictionary('he', editorWords);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const draftOf = (step: Step, label: string): Draft => ({
  name: text(step.name) || label,
  subject: text(step.subject),
  preheader: text(step.preheader),
  body: step.document as unknown as Body,
});

/** What of a draft goes into the step. Its own name only when one was given. */
export function stepPart(draft: Draft, step: Step, label: string): Partial<Step> {
  const isMail = step.kind === 'send_email';
  return {
    document: draft.body as unknown as Json,
    ...(draft.name === label ? {} : { name: draft.name }),
    ...(isMail ? { subject: draft.subject, preheader: draft.preheader || undefined } : {}),
  } as Partial<Step>;
}

/** The journey's problems of this step's message, as the editor knows them. */
export function ownProblems(problems: readonly JourneyProblem[], key: string): Problem[] {
  const start = `nodes.${key}.`;
  return problems
    .filter(({ path }) => path.startsWith(`${start}document.`) || [`${start}subject`, `${start}preheader`].includes(path))
    .map(({ path, message, level, code }) => {
      const inner = path.slice(start.length).replace(/^document\./, '');
      const block = /^blocks\.([^.]+)/.exec(inner)?.[1] ?? '';
      return { code, message, path: inner, block, severity: level === 'tip' ? 'hint' : level };
    });
}

/** The editor's saving is the journey's: a change of the draft is a change of the step. */
function saverFor(key: string, label: string, journey: Saver): EditorSaver {
  const same = (draft: Draft, step: Step) => JSON.stringify(draft) === JSON.stringify(draftOf(step, label));
  const start = (): (() => void) => {
    const stops = [
      useEditor.subscribe((now, before) => {
        const step = useJourney.getState().graph.nodes[key];
        if (!step || now.draft === before.draft || same(now.draft, step)) return;
        change((graph) => patchStep(graph, key, stepPart(now.draft, step, label)), `${SESSION}${key}`);
      }),
      // Another version taken over, or a step of undo: the editor follows.
      useJourney.subscribe((now, before) => {
        if (now.graph === before.graph) return;
        const step = now.graph.nodes[key];
        if (!step) show({ writing: null });
        else if (!same(useEditor.getState().draft, step)) replaceDraft(draftOf(step, label));
      }),
      useView.subscribe(({ save, problems }) => showEditor({ save, serverProblems: ownProblems(problems, key) })),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  };
  return { start, flush: journey.flush, keepMine: journey.keepMine, takeTheirs: journey.takeTheirs, discardRecovered: () => undefined };
}

type Props = { id: string; label: string; bench: EditorData; saver: Saver; onClose(): void };

export default function Writing({ id, label, bench, saver, onClose }: Props) {
  const [made] = useState(() => {
    const step = useJourney.getState().graph.nodes[id] as Step;
    const { save, problems } = useView.getState();
    setKnownFields(bench.fields);
    load(draftOf(step, label));
    showEditor({ save, savedAt: null, serverProblems: ownProblems(problems, id), preview: false, testing: false, recovered: null, conflict: null });
    return saverFor(id, label, saver);
  });
  useEffect(() => () => void saver.flush(), [saver]);
  const data: EditorData = { ...bench, leave: { label: t('Back to the journey'), go: onClose } };
  const messageClass = useJourney((state) => state.graph.nodes[id]?.message_class);
  const { text } = bench.urls;
  const urls = useMemo(() => text && textUrlsOf(text, messageClass), [text, messageClass]);
  return urls ? <SmsApp data={data} urls={urls} saver={made} /> : <EditorApp data={data} saver={made} />;
}
