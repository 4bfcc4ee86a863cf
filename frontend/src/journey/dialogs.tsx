/** The menu of steps, the question which way to keep, and two versions side by side. */

import { IconClick, IconClipboard, IconMailOpened, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { plural, t } from '../lib/i18n';
import { matches } from '../lib/search';
import { usePage, useTold } from './context';
import type { Graph, Kind } from './contract';
import { addCheck, copiedPiece, pasteOn, remove } from './deeds';
import { IconButton, KindIcon } from './icons';
import { blankStep, classOn, insertStep, isChecked, portsOf, readingOrder, SENDING, targetOf, type Way } from './model';
import type { Saver } from './saving';
import { change, graphNow, show, useJourney, useView } from './store';

type Props = { title: string; children: ReactNode; footer?: ReactNode; onClose(): void; firm?: boolean; wide?: boolean };

function Dialog({ title, children, footer, onClose, firm = false, wide = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (ref.current && !ref.current.open) ref.current.showModal();
    ref.current?.querySelector('input')?.focus();
  }, []);
  return (
    <dialog
      ref={ref}
      className={`k-dialog ${wide ? 'k-dialog-wide' : ''}`}
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
  const piece = copiedPiece();
  const from = graphNow().nodes[way.from];
  const isMessage = SENDING.includes(from?.kind ?? '') && !isChecked(graphNow(), way.from, kinds);
  const fits = (kind: Kind) => matches(`${kind.label} ${kind.help} ${kind.kind.replaceAll('_', ' ')}`, text);
  const add = (kind: Kind) => {
    const blank = blankStep(kind.kind, data.language);
    const step = SENDING.includes(kind.kind) ? { ...blank, message_class: classOn(graphNow(), way, kinds) } : blank;
    const [graph, key] = insertStep(graphNow(), way, step, kinds);
    change(() => graph, null, key);
    show({ inserting: null, inspecting: true, begun: key, said: t('Added: {step}', { step: kind.label }) });
  };
  const found = data.palette.nodes.filter(fits);
  return (
    <Dialog wide title={t('Add a step')} onClose={close}>
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
      {isMessage && !text && (
        <section className="kj-group" aria-label={t('Control check')}>
          <h3>{t('Did it do anything? Ask two days later')}</h3>
          <div>
            {from?.kind === 'send_email' && (
              <button type="button" className="kj-choice" onClick={() => addCheck(way.from, 'opened', kinds)}>
                <span className="kj-tile k-hue-amber">
                  <IconMailOpened size={18} stroke={1.75} aria-hidden="true" />
                </span>
                <b>{t('Opened?')}</b>
              </button>
            )}
            <button type="button" className="kj-choice" onClick={() => addCheck(way.from, 'clicked', kinds)}>
              <span className="kj-tile k-hue-amber">
                <IconClick size={18} stroke={1.75} aria-hidden="true" />
              </span>
              <b>{t('Clicked?')}</b>
            </button>
          </div>
        </section>
      )}
      {piece && !text && (
        <button
          type="button"
          className="btn btn-sm kj-paste"
          onClick={() => {
            pasteOn(way, kinds);
            close();
          }}
        >
          <IconClipboard size={15} aria-hidden="true" /> {plural(Object.keys(piece.nodes).length, 'Paste the step that was copied', 'Paste the {count} steps that were copied')}
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
                  <KindIcon name={kind.icon} tone={kind.tone} />
                  <span className="kj-words">
                    <b>{kind.label}</b>
                    <small>{kind.help}</small>
                  </span>
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

/** Two versions step by step, in reading order: what only one has, and what differs. */
function Version({ title, graph, other, sub }: { title: string; graph: Graph; other: Graph; sub: string }) {
  const { kinds } = usePage();
  const differs = (key: string) => JSON.stringify(graph.nodes[key]) !== JSON.stringify(other.nodes[key]);
  const same = ({ nodes: _nodes, notes: _notes, ...rest }: Graph) => JSON.stringify(rest);
  const notes = (one: Graph) => JSON.stringify(one.notes ?? []);
  const keys = readingOrder(graph, kinds);
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <p className="sub">{sub}</p>
      <ol>
        {same(graph) !== same(other) && <li className="kj-differs">{t('Trigger and settings of the journey')}</li>}
        {notes(graph) !== notes(other) && <li className="kj-differs">{t('Notes')}</li>}
        {keys.map((key) => {
          const step = graph.nodes[key];
          const label = kinds.get(step?.kind ?? '')?.label ?? step?.kind;
          return (
            <li key={key} className={differs(key) ? 'kj-differs' : ''}>
              <bdi>{String(step?.name || step?.subject || label)}</bdi>
              {!other.nodes[key] && <small> {t('only here')}</small>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

export function Conflicted({ saver }: { saver: Saver }) {
  const conflict = useView((state) => state.conflict);
  const mine = useJourney((state) => state.graph);
  if (!conflict) return null;
  const theirs = conflict.current.graph;
  const count = (graph: Graph) => plural(Object.keys(graph.nodes).length, 'One step', '{count} steps');
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
      <p>{t('Somebody saved it in another window while you were editing. Nothing is lost: choose which to keep; undo brings the other one back.')}</p>
      <div className="kj-both">
        <Version title={t('Mine')} graph={mine} other={theirs} sub={count(mine)} />
        <Version title={t('The other')} graph={theirs} other={mine} sub={count(theirs)} />
      </div>
    </Dialog>
  );
}
