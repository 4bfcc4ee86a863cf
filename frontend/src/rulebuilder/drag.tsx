/** Dragging conditions and groups: within their group, and into and out of others. */

import { IconGripVertical } from '@tabler/icons-react';
import { type ReactNode, type RefObject, useCallback } from 'react';
import { create } from 'zustand';
import { Dragging, holds, indexAt, isAtRim, useHeldByHandle } from '../lib/dragging';
import { find, isMove, moveTo, type Place } from './changes';
import { sayPlace } from './places';
import { type Store, useBuilder } from './store';
import { t } from './words';

type Held = { node: string; label: string };

const useDrop = create<{ held: string | null; place: Place | null }>(() => ({ held: null, place: null }));
const RIM_PX = 10;

/** The innermost group under the point that is not held itself; beside the builder there is no place. */
function placeAt(builder: HTMLElement, x: number, y: number, held: string): Place | null {
  if (!holds(builder, { x, y })) return null;
  const groups = [...builder.querySelectorAll<HTMLElement>('.kr-group')].filter(
    (one) => one.closest(`[data-node="${CSS.escape(held)}"]`) === null && isOver(one, x, y),
  );
  const group = groups.at(-1) ?? builder.querySelector<HTMLElement>('.kr-root');
  if (!group?.dataset.node) return null;
  const rows = [...group.querySelectorAll<HTMLElement>(':scope > .kr-rows > [data-node]')];
  return { parent: group.dataset.node, index: indexAt(rows, y) };
}

/** Above and below a group there is room beside it, too, where two groups follow each other. */
function isOver(group: HTMLElement, x: number, y: number): boolean {
  return holds(group, { x, y }) && (group.classList.contains('kr-root') || !isAtRim(group, y, RIM_PX));
}

type Props = { builder: RefObject<HTMLElement | null>; store: Store; announce(text: string): void; children: ReactNode };

export function DragArea({ builder, store, announce, children }: Props) {
  const stayed = useCallback(({ label }: Held) => announce(t('{name}: stayed where it was', { name: label })), [announce]);
  return (
    <Dragging<Held>
      overlay={({ label }) => <div className="kr-dragged">{label}</div>}
      onStart={({ node }) => useDrop.setState({ held: node, place: null })}
      onOver={({ x, y }, { node }) => {
        const place = builder.current && placeAt(builder.current, x, y, node);
        useDrop.setState({ place: place && isMove(store.store.getState().root, node, place) ? place : null });
      }}
      onDrop={(held) => {
        const { place } = useDrop.getState();
        useDrop.setState({ held: null, place: null });
        if (!place) return stayed(held);
        store.change((root) => moveTo(root, held.node, place));
        announce(`${held.label}: ${sayPlace(store.store.getState().root, held.node)}`);
        focusNode(held.node);
      }}
      onCancel={(held) => {
        useDrop.setState({ held: null, place: null });
        stayed(held);
      }}
    >
      {children}
    </Dragging>
  );
}

/** What was carried has the focus, so that Ctrl+Z takes back this very step. */
function focusNode(node: string): void {
  requestAnimationFrame(() => {
    const moved = document.querySelector(`[data-node="${CSS.escape(node)}"]`);
    moved?.querySelector<HTMLElement>('select, button')?.focus({ preventScroll: true });
  });
}

export const useDragNode = (node: string, label: string) => {
  const { ref, handleRef, isDragging } = useHeldByHandle<Held>(`node:${node}`, { node, label });
  return { ref, grip: <Grip handleRef={handleRef} />, isDragging };
};

/** For the hand alone: by keys and for readers of screens there are Alt + arrows and the menu of the row. */
function Grip({ handleRef }: { handleRef(element: Element | null): void }) {
  return (
    <span ref={handleRef} className="kr-grip" aria-hidden="true" title={t('Drag to another place')}>
      <IconGripVertical size={17} />
    </span>
  );
}

/** The line where what is held would go. */
export function Mark({ parent, index, last = false }: Place & { last?: boolean }) {
  const isTarget = useDrop(({ place }) => place?.parent === parent && place.index === index);
  return isTarget ? <div className={`kr-mark ${last ? 'kr-mark-last' : ''}`} aria-hidden="true" /> : null;
}

/** An empty group says that it takes something while something is held. */
export function Hollow({ parent }: { parent: string }) {
  const { store } = useBuilder();
  const held = useDrop((state) => state.held);
  const isTarget = useDrop(({ place }) => place?.parent === parent);
  if (held === null || held === parent || !find(store.store.getState().root, held)) return null;
  return <div className={`kr-hollow ${isTarget ? 'kr-over' : ''}`}>{t('Drop it here')}</div>;
}
