/** Dragging blocks about, behind one wrapper: the only file that knows the drag and drop library.
 *
 * Places are found from the pointer and the frames on screen. Keys do not drag: each block has its own steps
 * (Alt + arrows, and buttons), which say where the block went.
 */

import { Accessibility, defaultPreset, PointerSensor } from '@dnd-kit/dom';
import { DragDropProvider, DragOverlay, useDraggable } from '@dnd-kit/react';
import type { ReactNode } from 'react';
import { create } from 'zustand';
import { t } from '../lib/i18n';
import { addAndFocus, announce, focusBlock, useData } from './context';
import { KindIcon } from './icons';
import { type Container, find, fits, type Place, placeOf, sameContainer } from './model';
import { blocksNow, moveBlock } from './store';

type Dragged = { kind: string; id?: string };
type Drop = { dragged: Dragged | null; place: Place | null };

export const useDrop = create<Drop>(() => ({ dragged: null, place: null }));
const NOTHING: Drop = { dragged: null, place: null };
/** Near the rim of a columns block the place is above or below it, not inside. */
const RIM_PX = 12;

export const containerKey = (container: Container): string =>
  container === null ? '' : `${container.columns}:${container.column}`;

function containerOf(key: string): Container {
  const [columns, column] = key.split(':');
  return columns && column !== undefined ? { columns, column: Number(column) } : null;
}

export function placeAt(x: number, y: number, dragged: Dragged): Place | null {
  const root = document.querySelector<HTMLElement>('[data-container=""]');
  const stage = root?.closest('.ke-stage');
  if (!root || !stage || !holds(stage, x, y)) return null;
  const inner = [...root.querySelectorAll<HTMLElement>('[data-container]')].find((element) => {
    const frame = element.closest<HTMLElement>('[data-block]');
    return frame && frame.dataset.block !== dragged.id && holds(element, x, y) && !isAtRim(frame, y);
  });
  const element = inner && fits(dragged, containerOf(inner.dataset.container ?? '')) ? inner : root;
  const frames = [...element.querySelectorAll<HTMLElement>(':scope > [data-block]')];
  const index = frames.filter((frame) => middle(frame) < y).length;
  return { container: containerOf(element.dataset.container ?? ''), index };
}

function holds(element: Element, x: number, y: number): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return x >= left && x <= right && y >= top && y <= bottom;
}

function isAtRim(element: Element, y: number): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return y < top + RIM_PX || y > bottom - RIM_PX;
}

function middle(element: Element): number {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}

const PLUGINS = defaultPreset.plugins.filter((plugin) => plugin !== Accessibility);

export function Dragging({ children }: { children: ReactNode }) {
  const { blocks: kinds } = useData();
  return (
    <DragDropProvider
      plugins={PLUGINS}
      sensors={[PointerSensor]}
      onDragStart={({ operation }) => useDrop.setState({ dragged: (operation.source?.data as Dragged) ?? null, place: null })}
      onDragMove={({ operation, to }) => {
        const dragged = operation.source?.data as Dragged | undefined;
        const { x, y } = to ?? operation.position.current;
        if (dragged) useDrop.setState({ place: placeAt(x, y, dragged) });
      }}
      onDragEnd={({ canceled }) => {
        const { dragged, place } = useDrop.getState();
        useDrop.setState(NOTHING);
        if (canceled || !dragged || !place) return;
        drop(dragged, place);
      }}
    >
      {children}
      <DragOverlay dropAnimation={null}>
        {(source) => {
          const kind = kinds.find(({ key }) => key === (source.data as Dragged).kind);
          return (
            <div className="ke-dragged">
              {kind && <KindIcon name={kind.icon} size={18} />} {kind?.label}
            </div>
          );
        }}
      </DragOverlay>
    </DragDropProvider>
  );

  function drop(dragged: Dragged, place: Place): void {
    const kind = kinds.find(({ key }) => key === dragged.kind);
    if (dragged.id) {
      moveBlock(dragged.id, place);
      focusBlock(dragged.id);
    } else if (kind) addAndFocus(kind, place);
    announce(sayPlace(dragged.id ?? null, kind?.label ?? ''));
  }
}

/** Where a block now stands, in words. */
export function sayPlace(id: string | null, label: string): string {
  const place = id ? placeOf(blocksNow(), id) : null;
  if (!place) return t('{block} was added', { block: label });
  const position = place.index + 1;
  if (place.container === null) return t('{block} moved to place {position}', { block: label, position });
  return t('{block} moved to column {column}, place {position}', {
    block: label,
    column: place.container.column + 1,
    position,
  });
}

export function useDragBlock(id: string) {
  const kind = find(blocksNow(), id)?.kind ?? '';
  return useDraggable({ id: `block:${id}`, data: { kind, id } });
}

export const useDragKind = (kind: string) => useDraggable({ id: `kind:${kind}`, data: { kind } });

/** Whether something is held above this place. */
export const useIsTarget = ({ container, index }: Place): boolean =>
  useDrop(({ place }) => place !== null && place.index === index && sameContainer(place.container, container));
