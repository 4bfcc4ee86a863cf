/** What else can be done with a condition: a button and its menu, walked with the arrows. */

import { IconDots } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Popover } from './popover';

export type Deed = { label: string; icon?: ReactNode; onDo(): void; danger?: boolean; disabled?: boolean; keys?: string };

export function Menu({ label, deeds }: { label: string; deeds: readonly Deed[] }) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="k-icon-button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!isOpen)}
      >
        <IconDots size={17} aria-hidden="true" />
      </button>
      {isOpen && (
        <Popover anchor={button} onClose={() => setOpen(false)} className="kr-menu">
          <Items
            label={label}
            deeds={deeds}
            onDone={() => {
              setOpen(false);
              button.current?.focus();
            }}
          />
        </Popover>
      )}
    </>
  );
}

function Items({ label, deeds, onDone }: { label: string; deeds: readonly Deed[]; onDone(): void }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector<HTMLElement>('[role=menuitem]:not(:disabled)')?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (by) items[(at + by + items.length) % items.length]?.focus();
    else if (event.code === 'Home') items[0]?.focus();
    else if (event.code === 'End') items.at(-1)?.focus();
    else if (event.code === 'Tab') return onDone();
    else return;
    event.preventDefault();
  };
  return (
    <div ref={list} role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {deeds.map((deed) => (
        <button
          key={deed.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={deed.danger ? 'kr-danger' : ''}
          disabled={deed.disabled}
          onClick={() => {
            onDone();
            deed.onDo();
          }}
        >
          {deed.icon}
          <span>{deed.label}</span>
          {deed.keys && <kbd>{deed.keys}</kbd>}
        </button>
      ))}
    </div>
  );
}
