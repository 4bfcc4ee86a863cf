/** The rule builder: conditions in groups, what they mean in words, and how many people they find. */

import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { type ClipboardEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { get } from '../lib/api';
import { addTo, copyOf, find, insertAfter, removeNode, step } from './changes';
import type { Problem, Rule, Urls, Vocabulary } from './contract';
import { DragArea } from './drag';
import { Examples } from './examples';
import { Group } from './group';
import { LookBar, useLook } from './look';
import { sayPlace } from './places';
import './rulebuilder.css';
import { BuilderContext, copyNode, makeStore, pasted, type Store, useRoot, useTravel } from './store';
import { fromRule, nodeAt, placesOf, toRule } from './tree';
import { isModified, isRtl, t } from './words';

export type { Rule, Urls, Vocabulary } from './contract';

export type RuleBuilderProps = {
  value: Rule | null;
  onChange(rule: Rule): void;
  /** Read from `urls.vocabulary` when left out. */
  vocabulary?: Vocabulary | undefined;
  urls: Urls;
  label?: string | undefined;
  /** Whom the count speaks of: contacts who match, or who will see a block. */
  noun?: 'contact' | 'block' | undefined;
  /** Said instead of the count among all contacts, by a page that knows the audience. */
  reach?: string | undefined;
};

export function RuleBuilder(props: RuleBuilderProps) {
  const [words, setWords] = useState<Vocabulary | null>(props.vocabulary ?? null);
  const [failed, setFailed] = useState(false);
  const { vocabulary: url } = props.urls;
  useEffect(() => {
    if (words || !url) return;
    let current = true;
    get<Vocabulary>(url).then(
      (told) => current && setWords(told),
      () => current && setFailed(true),
    );
    return () => {
      current = false;
    };
  }, [words, url]);
  if (failed) return <p className="k-note k-note-coral">{t('The conditions could not be loaded. Load the page again.')}</p>;
  if (!words) return <p className="sub">{t('Loading…')}</p>;
  return <Builder {...props} words={words} />;
}

function Builder({ value, onChange, words, urls, label = t('Conditions'), noun = 'contact', reach }: RuleBuilderProps & { words: Vocabulary }) {
  const [store] = useState<Store>(() => makeStore(value));
  const root = useRoot(store);
  const rule = useMemo(() => toRule(root), [root]);
  const [said, announce] = useState('');
  const area = useRef<HTMLDivElement>(null);
  const seen = useLook(urls.look, rule);
  const problems = useMemo(() => placed(seen.look?.problems ?? [], root), [seen.look, root]);
  useExchange(store, rule, value, onChange);
  const context = useMemo(() => ({ store, words, problems, announce }), [store, words, problems]);
  const isEmpty = root.rules.length === 0 && root.combinator === 'all' && !root.nots;
  return (
    <BuilderContext value={context}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would take over the page's own form layout */}
      <div
        ref={area}
        className="kr"
        role="group"
        aria-label={label}
        dir={isRtl() ? 'rtl' : 'ltr'}
        onKeyDown={(event) => onKey(event, store, announce)}
        onPaste={(event) => onPaste(event, store)}
      >
        <Travel store={store} />
        {isEmpty && <Examples root={root} noun={noun} />}
        <DragArea builder={area} store={store} announce={announce}>
          <Group node={root} isRoot />
        </DragArea>
        <LookBar seen={seen} isEmpty={isEmpty} noun={noun} reach={reach} />
        <p className="visually-hidden" role="status">
          {said}
        </p>
      </div>
    </BuilderContext>
  );
}

/** Tell the page what changed here, and take over what changed there.
 *
 * What comes back of what was told is no news, even when it comes late, behind the next letter typed.
 */
function useExchange(store: Store, rule: Rule, value: Rule | null, onChange: (rule: Rule) => void): void {
  const known = useRef(JSON.stringify(rule));
  const told = useRef<string[]>([JSON.stringify(value)]);
  useEffect(() => {
    const now = JSON.stringify(rule);
    if (now === known.current) return;
    known.current = now;
    told.current.push(now);
    onChange(rule);
  }, [rule, onChange]);
  useEffect(() => {
    const now = JSON.stringify(value);
    const echo = told.current.indexOf(now);
    if (echo >= 0) {
      told.current.splice(0, echo);
      return;
    }
    told.current = [now];
    known.current = JSON.stringify(toRule(fromRule(value ?? undefined)));
    store.load(value);
  }, [value, store]);
}

function placed(problems: readonly Problem[], root: ReturnType<typeof useRoot>): Map<string, Problem[]> {
  const places = placesOf(root);
  const found = new Map<string, Problem[]>();
  for (const problem of problems) {
    const id = nodeAt(places, problem.path)?.id ?? root.id;
    found.set(id, [...(found.get(id) ?? []), problem]);
  }
  return found;
}

function Travel({ store }: { store: Store }) {
  const { past, future } = useTravel(store);
  if (!past && !future) return null;
  const [Back, Forth] = isRtl() ? [IconArrowForwardUp, IconArrowBackUp] : [IconArrowBackUp, IconArrowForwardUp];
  return (
    <div className="kr-travel">
      <button type="button" className="k-icon-button" disabled={!past} aria-label={t('Undo (Ctrl+Z)')} title={t('Undo (Ctrl+Z)')} onClick={store.undo}>
        <Back size={17} aria-hidden="true" />
      </button>
      <button type="button" className="k-icon-button" disabled={!future} aria-label={t('Redo (Ctrl+Shift+Z)')} title={t('Redo (Ctrl+Shift+Z)')} onClick={store.redo}>
        <Forth size={17} aria-hidden="true" />
      </button>
    </div>
  );
}

const isText = (target: EventTarget): boolean => target instanceof HTMLInputElement && target.type !== 'radio';

/** The condition or group that the keyboard is in. */
function heldBy(target: EventTarget): string | null {
  const holder = target instanceof Element ? target.closest<HTMLElement>('[data-node]:not(.kr-root)') : null;
  return holder?.dataset.node ?? null;
}

function onKey(event: KeyboardEvent<HTMLElement>, store: Store, announce: (text: string) => void): void {
  const id = heldBy(event.target);
  const arrow = event.code === 'ArrowUp' ? -1 : event.code === 'ArrowDown' ? 1 : 0;
  const node = id ? find(store.store.getState().root, id) : null;
  if (isModified(event, 'KeyZ')) event.shiftKey ? store.redo() : store.undo();
  else if (isModified(event, 'KeyY')) store.redo();
  else if (event.key === 'Enter' && isText(event.target)) {
    // In a form, Enter in a value would send the whole form.
  } else if (!id || !node) return;
  else if (arrow && event.altKey) {
    store.change((root) => step(root, id, arrow));
    announce(sayPlace(store.store.getState().root, id));
    keepFocus(event.target);
  } else if (isModified(event, 'KeyD')) store.change((root) => insertAfter(root, id, copyOf(node)));
  else if (isModified(event, 'KeyC') && !isText(event.target)) {
    void copyNode(node);
    announce(t('Copied'));
  } else if (event.code === 'Delete' && !isText(event.target)) store.change((root) => removeNode(root, id));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** A condition that changes its group is drawn anew: the focus goes back to the same control of it. */
function keepFocus(target: EventTarget): void {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-node]') : null;
  const at = row ? [...row.querySelectorAll('select, input, button')].indexOf(target as Element) : -1;
  requestAnimationFrame(() => {
    const again = document.querySelector(`[data-node="${CSS.escape(row?.dataset.node ?? '')}"]`);
    again?.querySelectorAll<HTMLElement>('select, input, button')[at]?.focus();
  });
}

function onPaste(event: ClipboardEvent<HTMLElement>, store: Store): void {
  const node = pasted(event.clipboardData.getData('text/plain'));
  if (!node) return;
  const id = heldBy(event.target);
  store.change((root) => (id ? insertAfter(root, id, node) : addTo(root, root.id, node)));
  event.preventDefault();
}
