/** A panel beside its button, in the top layer, so that it also works inside an open dialog. */

import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { isRtl } from './words';

const EDGE = 8;

type Props = {
  anchor: RefObject<HTMLElement | null>;
  onClose(): void;
  children: ReactNode;
  className?: string;
};

export function Popover({ anchor, onClose, children, className = '' }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const panel = ref.current;
    const button = anchor.current;
    if (!panel || !button) return;
    panel.showPopover();
    const place = () => placeBeside(panel, button);
    place();
    const watch = new ResizeObserver(place);
    watch.observe(panel);
    addEventListener('scroll', place, true);
    addEventListener('resize', place);
    return () => {
      watch.disconnect();
      removeEventListener('scroll', place, true);
      removeEventListener('resize', place);
    };
  }, [anchor]);
  useEffect(() => {
    const panel = ref.current;
    const onToggle = (event: Event) => (event as ToggleEvent).newState === 'closed' && close.current();
    panel?.addEventListener('toggle', onToggle);
    return () => panel?.removeEventListener('toggle', onToggle);
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from wherever the focus is inside
    <div
      ref={ref}
      popover="auto"
      className={`kr-pop ${className}`}
      dir={isRtl() ? 'rtl' : 'ltr'}
      onKeyDown={(event) => {
        if (event.code !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      {children}
    </div>
  );
}

/** Under the button and aligned to its reading edge; above it where there is more room. */
function placeBeside(panel: HTMLElement, button: HTMLElement): void {
  const box = button.getBoundingClientRect();
  const below = innerHeight - box.bottom;
  const goesUp = below < Math.min(panel.scrollHeight, 320) + EDGE && box.top > below;
  const room = Math.max(120, (goesUp ? box.top : below) - 2 * EDGE);
  panel.style.maxBlockSize = `${Math.min(room, 420)}px`;
  panel.style.minInlineSize = `${Math.min(box.width, innerWidth - 2 * EDGE)}px`;
  const width = panel.offsetWidth;
  const start = isRtl() ? box.right - width : box.left;
  // Positions in the window are physical: the reading edge was resolved above.
  panel.style.left = `${Math.max(EDGE, Math.min(start, innerWidth - width - EDGE))}px`;
  panel.style.top = goesUp ? `${box.top - panel.offsetHeight - 4}px` : `${box.bottom + 4}px`;
}
