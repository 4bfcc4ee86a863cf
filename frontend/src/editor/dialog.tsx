/** A native dialog in the house's look: opens with itself, closes with Escape, the cross or a click outside. */

import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '../lib/i18n';
import { IconButton } from './icons';

type Props = {
  title: string;
  children: ReactNode;
  footer?: ReactNode;
  onClose(): void;
  wide?: boolean;
  /** For a decision that has to be taken: no cross, and Escape stays without effect. */
  firm?: boolean;
  /** Much is typed here: a click beside it does not close it. */
  sticky?: boolean;
};

export function Dialog({ title, children, footer, onClose, wide = false, firm = false, sticky = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={`k-dialog ${wide ? 'k-dialog-wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => firm && event.preventDefault()}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && !firm && !sticky && event.currentTarget.close()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header className="k-dialog-header">
        <div>
          <h2 id={id}>{title}</h2>
        </div>
        {!firm && (
          <IconButton label={t('Close')} onClick={() => ref.current?.close()}>
            <IconX size={18} />
          </IconButton>
        )}
      </header>
      <div className="k-dialog-body">{children}</div>
      {footer && <footer className="k-dialog-footer">{footer}</footer>}
    </dialog>
  );
}
