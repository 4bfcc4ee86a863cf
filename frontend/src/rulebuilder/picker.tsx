/** Choose one or several from a list that is searched as people type: a button, and a panel with a search field. */

import { IconCheck, IconChevronDown, IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { begins, matches } from '../lib/search';
import { Popover } from './popover';
import type { Option } from './subjects';
import { t } from './words';

type Props = {
  label: string;
  options: readonly Option[];
  chosen: readonly string[];
  onPick(value: string): void;
  /** What the button shows; the chosen labels when left out. */
  shown?: React.ReactNode;
  placeholder?: string;
  several?: boolean;
  className?: string;
  invalid?: boolean;
  /** Offers what was typed as a value of its own, in these words. */
  own?(text: string): string;
  open?: boolean;
  onOpen?(open: boolean): void;
};

const FEW = 7;

export function Picker(props: Props) {
  const { label, options, chosen, onPick, several = false, className = '', invalid = false } = props;
  const [isOpen, setOpen] = useState(props.open ?? false);
  const button = useRef<HTMLButtonElement>(null);
  const open = (now: boolean) => {
    setOpen(now);
    props.onOpen?.(now);
  };
  const labels = chosen.map((value) => options.find((one) => one.value === value)?.label ?? value);
  const shown = props.shown ?? (labels.length ? labels.join(', ') : null);
  // What is seen is part of the name: who speaks to the screen says what they read.
  const said = props.shown && labels.length ? `${label}: ${labels.join(', ')}, ` : `${label}: `;
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`kr-pick ${className}`}
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        data-invalid={invalid || undefined}
        onClick={() => open(!isOpen)}
        onKeyDown={(event) => {
          if (event.code !== 'ArrowDown' || event.altKey) return;
          event.preventDefault();
          open(true);
        }}
      >
        <span className="visually-hidden">{said}</span>
        <span className={shown === null ? 'kr-hint' : 'kr-shown'}>{shown === null ? (props.placeholder ?? t('Choose')) : <bdi>{shown}</bdi>}</span>
        <IconChevronDown size={15} aria-hidden="true" />
      </button>
      {isOpen && (
        <Popover anchor={button} onClose={() => open(false)}>
          <Options
            {...props}
            options={options}
            onPick={(value) => {
              onPick(value);
              if (several) return;
              open(false);
              button.current?.focus();
            }}
            onLeave={() => {
              open(false);
              button.current?.focus();
            }}
          />
        </Popover>
      )}
    </>
  );
}

function Options({ label, options, chosen, onPick, own, several, onLeave }: Props & { onLeave(): void }) {
  const [text, setText] = useState('');
  const found = useMemo(() => search(options, text), [options, text]);
  const first = Math.max(0, text ? 0 : found.findIndex((one) => chosen.includes(one.value)));
  const [at, setAt] = useState(first);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const typed = text.trim();
  const offersOwn = own && typed && !found.some((one) => one.label === typed || one.value === typed);
  const count = found.length + (offersOwn ? 1 : 0);
  const current = Math.min(at, count - 1);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    list.current?.querySelector(`#${CSS.escape(`${id}-${current}`)}`)?.scrollIntoView({ block: 'nearest' });
  }, [current, id]);
  const pick = (index: number) => {
    const one = found[index];
    if (one) onPick(one.value);
    else if (offersOwn) onPick(typed);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.code === 'ArrowDown') setAt(Math.min(current + 1, count - 1));
    else if (event.code === 'ArrowUp') setAt(Math.max(current - 1, 0));
    else if (event.code === 'Home' && !text) setAt(0);
    else if (event.code === 'End' && !text) setAt(count - 1);
    else if (event.code === 'Enter' || event.code === 'NumpadEnter') pick(current);
    else if (event.code === 'Tab') return onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div className={`kr-search ${options.length > FEW || own ? '' : 'kr-few'}`}>
        <IconSearch size={15} aria-hidden="true" />
        <input
          ref={input}
          className="form-control"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={count ? `${id}-${current}` : undefined}
          aria-label={t('Search: {what}', { what: label })}
          placeholder={t('Search')}
          dir="auto"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} role="listbox" id={id} aria-label={label} aria-multiselectable={several || undefined} className="kr-options">
        {found.map((one, index) => (
          <OptionRow
            key={one.value}
            id={`${id}-${index}`}
            one={one}
            heading={one.group !== found[index - 1]?.group ? one.group : undefined}
            current={index === current}
            chosen={chosen.includes(one.value)}
            several={several ?? false}
            onPoint={() => setAt(index)}
            onPick={() => pick(index)}
          />
        ))}
        {offersOwn && (
          <button
            type="button"
            role="option"
            tabIndex={-1}
            id={`${id}-${found.length}`}
            aria-selected={false}
            data-current={current === found.length || undefined}
            onMouseEnter={() => setAt(found.length)}
            onClick={() => pick(found.length)}
          >
            <bdi>{own(typed)}</bdi>
          </button>
        )}
      </div>
      {count === 0 && (
        <p className="kr-none" role="status">
          {t('Nothing is called that.')}
        </p>
      )}
    </>
  );
}

type RowProps = {
  id: string;
  one: Option;
  heading: string | undefined;
  current: boolean;
  chosen: boolean;
  several: boolean;
  onPoint(): void;
  onPick(): void;
};

function OptionRow({ id, one, heading, current, chosen, several, onPoint, onPick }: RowProps) {
  return (
    <>
      {heading && (
        <div className="kr-heading" role="presentation">
          {heading}
        </div>
      )}
      <button
        type="button"
        role="option"
        tabIndex={-1}
        id={id}
        aria-selected={chosen}
        data-current={current || undefined}
        onMouseEnter={onPoint}
        onClick={onPick}
      >
        {several && <span className={`kr-box ${chosen ? 'kr-on' : ''}`}>{chosen && <IconCheck size={12} aria-hidden="true" />}</span>}
        {one.hue && <i className={`kr-dot k-hue-${one.hue}`} aria-hidden="true" />}
        <bdi>{one.label}</bdi>
        {one.hint && <small>{one.hint}</small>}
        {chosen && !several && <IconCheck size={15} className="kr-end" aria-hidden="true" />}
      </button>
    </>
  );
}

/** Those whose own name begins so come first; groups stay together in their order. */
function search(options: readonly Option[], text: string): Option[] {
  if (!text.trim()) return [...options];
  const hits = options.filter((one) => matches(`${one.label} ${(one.search ?? '').replaceAll('|', ' ')}`, text));
  const groups = [...new Set(hits.map((one) => one.group))];
  const rank = (one: Option) => (begins(one.label, text) ? 0 : 1);
  return groups.flatMap((group) => hits.filter((one) => one.group === group).toSorted((one, other) => rank(one) - rank(other)));
}
