/** The menu of steps, the question which way to keep, and two versions side by side. */

import { IconClipboard, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { t } from '../lib/i18n';
import { usePage, useTold } from './context';
import type { Graph, Kind } from './contract';
import { copiedPiece, pasteOn, remove } from './deeds';
import { IconButton, KindIcon } from './icons';
import { blankStep, insertStep, portsOf, targetOf, type Way } from './model';
import type { Saver } from './saving';
import { change, graphNow, show, useJourney, useView } from './store';

type Props = { title: string; children: ReactNode; footer?: ReactNode; onClose(): void; firm?: boolean };

function Dialog({ title, children, footer, onClose, firm = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (ref.current && !ref.current.open) ref.current.showModal();
    ref.current?.querySelector('input')?.focus();
  }, []);
  return (
    <dialog
      ref={ref}
      className="k-dialog"
      aria-labelledby={id}
      onClose={onClose}
      onCancel={(event) => firm && event.preventDefault()}
      onClick={(event) => event.target === event.currentTarget && !firm && event.currentTarget.close()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header className="k-dialog-header">
        <div>
          <h2 id={id}>{title}</h2>
        </div>
        {!firm && (
          <IconButton label={t('Close')} onClick={() => ref.current?.close()}>
            <IconX size={18} aria-hidden="true" />
          </IconButton>
        )}
      </header>
      <div className="k-dialog-body">{children}</div>
      {footer && <footer className="k-dialog-footer">{footer}</footer>}
    </dialog>
  );
}

export function Insert({ way }: { way: Way }) {
  const { data, kinds } = usePage();
  const [text, setText] = useState('');
  const close = () => show({ inserting: null });
  const fits = (kind: Kind) => `${kind.label} ${kind.kind}`.toLowerCase().includes(text.trim().toLowerCase());
  const add = (kind: Kind) => {
    const words = { language: data.language, first: t('Way {number}', { number: 1 }), second: t('Way {number}', { number: 2 }) };
    const [graph, key] = insertStep(graphNow(), way, blankStep(kind.kind, words), kinds);
    change(() => graph, null, key);
    show({ inserting: null, inspecting: true, said: t('Added: {step}', { step: kind.label }) });
  };
  const found = data.palette.nodes.filter(fits);
  return (
    <Dialog title={t('Add a step')} onClose={close}>
      <input
        className="form-control"
        type="search"
        dir="auto"
        aria-label={t('Search steps')}
        placeholder={t('Search steps')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && found[0] && add(found[0])}
      />
      {copiedPiece() && (
        <button
          type="button"
          className="btn btn-sm kj-paste"
          onClick={() => {
            pasteOn(way, kinds);
            close();
          }}
        >
          <IconClipboard size={15} aria-hidden="true" /> {t('Paste what was copied')}
        </button>
      )}
      {Object.entries(data.palette.groups).map(([group, label]) => {
        const inside = found.filter((kind) => kind.group === group);
        if (!inside.length) return null;
        return (
          <section key={group} className="kj-group" aria-label={label}>
            <h3>{label}</h3>
            <div>
              {inside.map((kind) => (
                <button key={kind.kind} type="button" className="kj-choice" onClick={() => add(kind)}>
                  <KindIcon name={kind.icon} tone={kind.tone} /> {kind.label}
                </button>
              ))}
            </div>
          </section>
        );
      })}
      {!found.length && <p className="sub">{t('No step fits this search.')}</p>}
    </Dialog>
  );
}

export function Removing({ id }: { id: string }) {
  const { kinds } = usePage();
  const graph = useJourney((state) => state.graph);
  const step = graph.nodes[id];
  const told = useTold(id, step);
  if (!step) return null;
  const ports = portsOf(step, kinds).filter((port) => targetOf(graph, { from: id, port }));
  return (
    <Dialog title={t('Which way stays?')} onClose={() => show({ removing: null })}>
      <p>{t('Without “{step}” everybody goes one way. Steps that only the other ways lead to are taken out too; Ctrl+Z brings them back.', { step: told.title })}</p>
      <div className="kj-stack">
        {ports.map((port) => (
          <button key={port} type="button" className="btn" onClick={() => remove(id, port, kinds)}>
            <bdi>{told.ways[port] ?? port}</bdi>
          </button>
        ))}
      </div>
    </Dialog>
  );
}

const listOf = (graph: Graph, label: (kind: string) => string) =>
  Object.entries(graph.nodes).map(([key, step]) => ({ key, text: String(step.name ?? step.subject ?? label(step.kind)) }));

export function Conflicted({ saver }: { saver: Saver }) {
  const conflict = useView((state) => state.conflict);
  const mine = useJourney((state) => state.graph);
  const { kinds } = usePage();
  if (!conflict) return null;
  const label = (kind: string) => kinds.get(kind)?.label ?? kind;
  const both = [
    { title: t('Mine'), graph: mine },
    { title: t('The other'), graph: conflict.graph },
  ];
  return (
    <Dialog
      firm
      title={t('This journey was changed elsewhere')}
      onClose={() => undefined}
      footer={
        <>
          <button type="button" className="btn" onClick={saver.takeTheirs}>
            {t('Take the other version')}
          </button>
          <button type="button" className="btn btn-primary" onClick={saver.keepMine}>
            {t('Keep my version')}
          </button>
        </>
      }
    >
      <div className="kj-both">
        {both.map(({ title, graph }) => (
          <section key={title}>
            <h3>{title}</h3>
            <ol>
              {listOf(graph, label).map(({ key, text }) => (
                <li key={key}>
                  <bdi>{text}</bdi>
                </li>
              ))}
            </ol>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
