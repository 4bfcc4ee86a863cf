/** The list of fields to insert as merge tags, searchable in both languages. */

import { IconBraces, IconSearch } from '@tabler/icons-react';
import { Popover } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { isRtl, t } from '../lib/i18n';
import { useData } from './context';
import { fieldOf, searchFields, tagFrom } from './tags';

type ListProps = { onPick(key: string, fallback?: string, format?: string): void };

/** Whoever types a whole tag, `name|fallback]]`, goes on typing it in the search field. */
const CLOSED = /^([^|\]]+)(?:\|([^\]]*))?\]\]$/;

export function FieldList({ onPick }: ListProps) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const { fields } = useData();
  const found = searchFields(text.split(/[|:]/)[0] ?? '', fields);
  const current = Math.min(at, found.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const field = found[current];
    if (event.key === 'ArrowDown') setAt(Math.min(current + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(current - 1, 0));
    else if (event.key === 'Enter' && field) onPick(field.key);
    else return;
    event.preventDefault();
  };
  return (
    <div className="ke-fields">
      <div className="ke-search">
        <IconSearch size={16} aria-hidden="true" />
        <input
          className="form-control"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found[current] ? `${id}-${current}` : undefined}
          aria-label={t('Search for a field')}
          placeholder={t('Search for a field')}
          dir="auto"
          // biome-ignore lint/a11y/noAutofocus: the list was opened to search it
          autoFocus
          value={text}
          onChange={(event) => {
            const closed = CLOSED.exec(event.target.value);
            const tag = closed && tagFrom(closed[1] ?? '', closed[2]);
            if (tag) onPick(fieldOf(tag.key, fields)?.key ?? tag.key, tag.fallback, tag.format);
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div role="listbox" id={id} aria-label={t('Fields')} className="ke-options">
        {found.map((field, index) => (
          <button
            type="button"
            role="option"
            key={field.key}
            id={`${id}-${index}`}
            aria-selected={index === current}
            tabIndex={-1}
            onMouseEnter={() => setAt(index)}
            onClick={() => onPick(field.key)}
          >
            <bdi>{field.label}</bdi>
            <small className="ltr">{field.key}</small>
          </button>
        ))}
        {!found.length && <p className="sub">{t('No field is called that.')}</p>}
      </div>
    </div>
  );
}

type MenuProps = ListProps & {
  open: boolean;
  onOpenChange(open: boolean): void;
  onClosed?(): void;
  className?: string;
  children?: ReactNode;
};

export function FieldMenu({ onPick, open, onOpenChange, onClosed, className = 'ke-icon', children }: MenuProps) {
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>
        <button type="button" className={className} aria-label={t('Insert a field')} title={t('Insert a field')}>
          <IconBraces size={17} aria-hidden="true" />
          {children}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="ke-pop ke-pop-flush"
          dir={isRtl() ? 'rtl' : 'ltr'}
          sideOffset={6}
          align="start"
          collisionPadding={12}
          aria-label={t('Insert a field')}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onClosed?.();
          }}
        >
          <FieldList
            onPick={(key, fallback, format) => {
              onPick(key, fallback, format);
              onOpenChange(false);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
