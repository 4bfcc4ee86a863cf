/** Dragging blocks about: from the palette to a place, and from one place to another. */

import type { ReactNode } from 'react';
import { create } from 'zustand';
import { Dragging as Wrapper, distance, holds, indexAt, isAtRim, useHeld, useHeldByHandle } from '../lib/dragging';
import { t } from '../lib/i18n';
import { addAndFocus, announce, focusBlock, useData } from './context';
import { KindIcon } from './icons';
import { type Container, find, fits, isMove, type Place, placeOf, sameContainer } from './model';
import { blocksNow, moveBlock } from './store';
import { show } from './view';

type Dragged = { kind: string; id?: string };
type Drop = { dragged: Dragged | null; place: Place | null };

export const useDrop = create<Drop>(() => ({ dragged: null, place: null }));
const NOTHING: Drop = { dragged: null, place: null };
const RIM_PX = 12;

export const containerKey = (container: Container): string =>
  container === null ? '' : `${container.columns}:${container.column}`;

function containerOf(key: string): Container {
  const [columns, column] = key.split(':');
  return columns && column !== undefined ? { columns, column: Number(column) } : null;
}

/** The place under a point of the screen; null beside the document. */
function placeAt(x: number, y: number, dragged: Dragged): Place | null {
  const root = document.querySelector<HTMLElement>('[data-container=""]');
  const stage = root?.closest('[data-stage]');
  if (!root || !stage || !holds(stage, { x, y })) return null;
  const column = columnAt(root, x, y, dragged);
  const element = column && fits(dragged, containerOf(column.dataset.container ?? '')) ? column : root;
  const frames = [...element.querySelectorAll<HTMLElement>(':scope > [data-block]')];
  return { container: containerOf(element.dataset.container ?? ''), index: indexAt(frames, y) };
}

/** The nearest column of the columns under the point: a short one does not fill its cell. */
function columnAt(root: HTMLElement, x: number, y: number, dragged: Dragged): HTMLElement | undefined {
  const frame = [...root.querySelectorAll<HTMLElement>(':scope > [data-kind=columns]')].find(
    (one) => one.dataset.block !== dragged.id && holds(one, { x, y }) && !isAtRim(one, y, RIM_PX),
  );
  const columns = [...(frame?.querySelectorAll<HTMLElement>('[data-container]') ?? [])];
  return columns.sort((one, other) => distance(one, { x, y }) - distance(other, { x, y }))[0];
}

export function Dragging({ children }: { children: ReactNode }) {
  const { blocks: kinds } = useData();
  const kindOf = ({ kind }: Dragged) => kinds.find(({ key }) => key === kind);
  return (
    <Wrapper<Dragged>
      overlay={(dragged) => {
        const kind = kindOf(dragged);
        return (
          <div className="ke-dragged">
            {kind && <KindIcon name={kind.icon} size={18} />} {kind?.label}
          </div>
        );
      }}
      onStart={(dragged) => {
        useDrop.setState({ dragged, place: null });
        // On a phone the palette lies above the mail that it is dragged to.
        show({ sheet: null });
      }}
      onOver={({ x, y }, dragged) => useDrop.setState({ place: placeAt(x, y, dragged) })}
      onDrop={(dragged) => {
        const { place } = useDrop.getState();
        useDrop.setState(NOTHING);
        place ? drop(dragged, place) : stayed(dragged);
      }}
      onCancel={(dragged) => {
        useDrop.setState(NOTHING);
        stayed(dragged);
      }}
    >
      {children}
    </Wrapper>
  );

  function drop(dragged: Dragged, place: Place): void {
    const kind = kindOf(dragged);
    if (dragged.id && !isMove(blocksNow(), dragged.id, place)) {
      stayed(dragged);
      return;
    }
    if (dragged.id) {
      moveBlock(dragged.id, place);
      focusBlock(dragged.id);
    } else if (kind) addAndFocus(kind, place);
    announce(sayPlace(dragged.id ?? null, kind?.label ?? ''));
  }

  function stayed(dragged: Dragged): void {
    const label = kindOf(dragged)?.label ?? '';
    announce(dragged.id ? t('{block} stayed where it was', { block: label }) : t('{block} was not added', { block: label }));
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

const draggedBlock = (id: string): Required<Dragged> => ({ kind: find(blocksNow(), id)?.kind ?? '', id });

export const useDragBlock = (id: string) => useHeld(`block:${id}`, draggedBlock(id));

/** A piece of a text is held at its grip: the rest of it is written in. */
export const useDragPiece = (id: string) => useHeldByHandle(`block:${id}`, draggedBlock(id));

export const useDragKind = (kind: string) => useHeld<Dragged>(`kind:${kind}`, { kind });

/** Whether something is held above this place. */
export const useIsTarget = ({ container, index }: Place): boolean =>
  useDrop(({ place }) => place !== null && place.index === index && sameContainer(place.container, container));
