/** Dragging by mouse, pen and finger, behind one wrapper: the only file that knows the drag and drop library.
 *
 * Who uses it finds places from the pointer and the frames on screen. Keys do not drag: whatever can be dragged
 * has its own steps, too (Alt + arrows, buttons), which say where it went. Escape lets go and changes nothing.
 */

import { Accessibility, defaultPreset, PointerActivationConstraints, PointerSensor } from '@dnd-kit/dom';
import { DragDropProvider, DragOverlay, useDraggable } from '@dnd-kit/react';
import { type ReactNode, useEffect, useRef } from 'react';

type Source = { element?: Element | undefined; handle?: Element | undefined; data: Record<string, unknown> };
type Point = { x: number; y: number };

/** A finger that only wants to scroll moves before this; a mouse that only clicks moves less. */
const HOLD_MS = 300;
const FINGER_PX = 8;
const MOUSE_PX = 4;
const CONTROLS = 'input, select, textarea, button, a, [contenteditable=true], [role=toolbar]';
const BY_HANDLE = '$byHandle';

const isIn = (outer: Element | undefined, target: EventTarget | null): boolean =>
  target instanceof Element && (outer?.contains(target) ?? false);

/** Words are marked by a mouse, and by a finger once one writes in them; buttons are pressed. Else it can be held. */
function refuses({ target, pointerType }: PointerEvent, { element, handle, data }: Source): boolean {
  if (isIn(handle, target)) return false;
  if (data[BY_HANDLE]) return true;
  const control = target instanceof Element ? target.closest<HTMLElement>(CONTROLS) : null;
  if (!control || control === element || !isIn(element, control)) return false;
  return !(pointerType === 'touch' && control.isContentEditable && !control.contains(document.activeElement));
}

const SENSOR = PointerSensor.configure({
  activatorElements: (source) => [(source as Source).element, source.handle],
  preventActivation: (event, source) => refuses(event, source as Source),
  activationConstraints: ({ pointerType, target }, source) =>
    pointerType === 'touch' && !isIn(source.handle, target)
      ? [new PointerActivationConstraints.Delay({ value: HOLD_MS, tolerance: FINGER_PX })]
      : [new PointerActivationConstraints.Distance({ value: MOUSE_PX })],
});
const PLUGINS = defaultPreset.plugins.filter((plugin) => plugin !== Accessibility);

type Props<Held> = {
  children: ReactNode;
  /** What hangs at the pointer. */
  overlay(held: Held): ReactNode;
  onStart?(held: Held): void;
  onOver(point: Point, held: Held): void;
  onDrop(held: Held): void;
  onCancel(held: Held): void;
};

export function Dragging<Held extends object>({ children, overlay, onStart, onOver, onDrop, onCancel }: Props<Held>) {
  const release = useRef<() => void>(() => undefined);
  const last = useRef<Point>({ x: 0, y: 0 });
  useEffect(() => () => release.current(), []);
  return (
    <DragDropProvider
      plugins={PLUGINS}
      sensors={[SENSOR]}
      onDragStart={({ operation }, manager) => {
        const held = operation.source?.data as Held;
        onStart?.(held);
        release.current = whileHeld({
          letGo: () => void manager.actions.stop({ canceled: true }),
          // The page also moves under a pointer that stands still at its edge.
          onScroll: () => onOver(last.current, held),
        });
      }}
      onDragMove={({ operation, to }) => {
        last.current = to ?? operation.position.current;
        if (operation.source) onOver(last.current, operation.source.data as Held);
      }}
      onDragEnd={({ operation, canceled }) => {
        release.current();
        const held = operation.source?.data as Held | undefined;
        if (held) canceled ? onCancel(held) : onDrop(held);
      }}
    >
      {children}
      <DragOverlay dropAnimation={null}>{(source) => overlay(source.data as Held)}</DragOverlay>
    </DragDropProvider>
  );
}

/** Keys reach nobody else meanwhile: what is held would change under the hand. */
function whileHeld({ letGo, onScroll }: { letGo(): void; onScroll(): void }): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.code === 'Escape') letGo();
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener('keydown', onKey, { capture: true });
  addEventListener('scroll', onScroll, { capture: true, passive: true });
  return () => {
    removeEventListener('keydown', onKey, { capture: true });
    removeEventListener('scroll', onScroll, { capture: true });
  };
}

/** Can be held anywhere but at its controls, and at its handle. */
export const useHeld = <Held extends object>(id: string, data: Held) =>
  useDraggable({ id, data: data as Record<string, unknown> });

/** Can be held at its handle only: it is full of controls. */
export const useHeldByHandle = <Held extends object>(id: string, data: Held) =>
  useDraggable({ id, data: { ...data, [BY_HANDLE]: true } as Record<string, unknown> });

export const holds = (element: Element, { x, y }: Point): boolean => distance(element, { x, y }) === 0;

/** How far a point is from an element's frame; 0 inside of it. */
export function distance(element: Element, { x, y }: Point): number {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}

/** Near the rim of what holds others the place is above or below it, not inside. */
export function isAtRim(element: Element, y: number, rim: number): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return y < top + rim || y > bottom - rim;
}

/** The place among frames one under another: before the first whose middle is below. */
export const indexAt = (frames: readonly Element[], y: number): number =>
  frames.filter((frame) => {
    const { top, height } = frame.getBoundingClientRect();
    return top + height / 2 < y;
  }).length;
