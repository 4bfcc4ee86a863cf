/** Finding a step by what it is called, says or does, or a note by its words: without niqqud and quotes, in Hebrew and English. */

import { IconSearch, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { plural, t } from '../lib/i18n';
import { matches } from '../lib/search';
import { usePage } from './context';
import { IconButton, KindIcon } from './icons';
import { readingOrder } from './model';
import { partOf } from './notekeeping';
import { select, show, useJourney, useView } from './store';

const MOST = 12;

export function Finding() {
  const { kinds } = usePage();
  const graph = useJourney((state) => state.graph);
  const told = useView((state) => state.told.nodes);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const steps = readingOrder(graph, kinds).map((key) => {
    const step = graph.nodes[key];
    const kind = kinds.get(step?.kind ?? '');
    const title = step?.name || kind?.label || key;
    const sentence = told[key]?.sentence ?? '';
    const { document, ...rest } = step ?? { kind: '' };
    const words = [title, kind?.label, sentence, step?.note, step?.subject, textOf(document), rest.kind.replaceAll('_', ' ')].filter(Boolean).join(' ');
    return { key, title, sentence, icon: kind?.icon ?? '', tone: kind?.tone ?? 'slate', words };
  });
  const notes = (graph.notes ?? []).map((note) => {
    const [title = '', ...more] = note.text.split('\n').filter((line) => line.trim());
    return { key: partOf(note), title: title || t('An empty note'), sentence: more.join(' '), icon: 'note', tone: note.color ?? 'amber', words: note.text };
  });
  const found = text.trim() ? [...steps, ...notes].filter(({ words }) => matches(words, text)) : [...steps, ...notes];
  const current = Math.min(at, found.length - 1);
  const close = () => show({ searching: false });
  const go = (key: string | undefined) => {
    if (!key) return;
    close();
    select(key);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(key)}"]`)?.focus({ preventScroll: true }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(current + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(current - 1, 0));
    else if (event.key === 'Enter') go(found[current]?.key);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className="kj-find">
      <div className="kj-row">
        <IconSearch size={16} aria-hidden="true" />
        <input
          className="form-control"
          role="combobox"
          aria-expanded="true"
          aria-controls="kj-found"
          aria-activedescendant={found[current] ? `kj-found-${found[current].key}` : undefined}
          aria-label={t('Find a step or a note')}
          placeholder={t('Find a step or a note')}
          dir="auto"
          // biome-ignore lint/a11y/noAutofocus: it was opened to be typed into
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <IconButton label={t('Close')} onClick={close}>
          <IconX size={17} aria-hidden="true" />
        </IconButton>
      </div>
      <p className="visually-hidden" role="status">
        {plural(found.length, 'One found', '{count} found')}
      </p>
      <div id="kj-found" role="listbox" aria-label={t('The steps of the journey')}>
        {found.slice(0, MOST).map(({ key, title, sentence, icon, tone }, place) => (
          <button key={key} id={`kj-found-${key}`} type="button" role="option" tabIndex={-1} aria-selected={place === current} onMouseEnter={() => setAt(place)} onClick={() => go(key)}>
            <KindIcon name={icon} tone={tone} />
            <span className="kj-words">
              <b>
                <bdi>{title}</bdi>
              </b>
              <small>{sentence}</small>
            </span>
          </button>
        ))}
      </div>
      {!found.length && <p className="sub">{t('Nothing fits this search.')}</p>}
      {found.length > MOST && <p className="sub">{plural(found.length - MOST, 'and one more', 'and {count} more')}</p>}
    </search>
  );
}

const textOf = (document: unknown): string => JSON.stringify(document ?? '').replace(/<[^>]*>|"(id|kind|format|language|direction)":"[^"]*"/g, ' ');
