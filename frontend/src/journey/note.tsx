/** A note on the canvas: read and moved, written in place; its colours and deeds stand above it while it is chosen. */

import { IconCopyPlus, IconMinus, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { type NodeProps, NodeToolbar, type Node as Placed, Position, useReactFlow } from '@xyflow/react';
import { memo, type PointerEvent, useEffect, useRef, useState } from 'react';
import { isRtl, t } from '../lib/i18n';
import type { Note } from './contract';
import { IconButton } from './icons';
import { type Box, COLORS, MOST_TEXT, noteIn, pulled } from './notes';
import { doubleNote, dropNote, writeNote } from './noting';
import { select, show, useJourney, useView } from './store';

/** `put` takes the note's new place and size. */
export type Pinned = Placed<Record<string, unknown> & { box: Box; put(part: string, box: Box): void }>;
const SLACK = 4;
const GROWS = 40;
const hue = (note: Note): string => (COLORS as readonly string[]).find((one) => one === note.color) ?? COLORS[0];
const finger = (): boolean => matchMedia('(pointer: coarse)').matches;
/** Under a finger the drawing is pushed about; only a note that was chosen is moved. */
export const holdsStill = (isChosen: boolean): boolean => isChosen || !finger();

export const NoteCard = memo(({ id, data, selected = false, positionAbsoluteX: x, positionAbsoluteY: y }: NodeProps<Pinned>) => {
  const note = useJourney((state) => noteIn(state.graph, id));
  const isWriting = useView((state) => state.noting === id);
  const isRead = useView((state) => state.people !== null);
  const { live, begin, wasPulled } = usePull(id, data, isRead || isWriting || !holdsStill(selected));
  if (!note) return null;
  const box = live ?? data.box;
  const write = () => show({ noting: isRead ? null : id });
  return (
    <>
      {!isRead && <Tools id={id} note={note} box={data.box} put={data.put} isShown={selected && !live} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the canvas has the keys of its parts */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the canvas has the keys of its parts */}
      <div
        className={`kj-note k-hue-${hue(note)} ${selected ? 'kj-chosen' : ''}`}
        dir={isRtl() ? 'rtl' : 'ltr'}
        style={{ inlineSize: box.width, blockSize: box.height, transform: `translate(${box.x - x}px, ${box.y - y}px)` }}
        onPointerDown={(event) => begin(event, 'move')}
        onClick={() => selected && !wasPulled() && write()}
        onDoubleClick={write}
      >
        {isWriting ? <Writing id={id} note={note} box={data.box} /> : <p className={note.text ? '' : 'kj-blank'}>{note.text || t('An empty note')}</p>}
        {selected && !isRead && !isWriting && <span className="kj-corner" onPointerDown={(event) => begin(event, 'size')} />}
      </div>
    </>
  );
});

/** While it is pulled the note is drawn where the pointer has it; let go, it is put there, one step of undo. */
function usePull(id: string, { box, put }: Pinned['data'], isFixed: boolean) {
  const flow = useReactFlow();
  const [live, setLive] = useState<Box | null>(null);
  const far = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was put has arrived
  useEffect(() => setLive(null), [box]);
  const begin = (event: PointerEvent<HTMLElement>, how: 'move' | 'size') => {
    event.stopPropagation();
    far.current = false;
    if (isFixed || event.button !== 0) return;
    const frame = event.currentTarget;
    const from = event;
    frame.setPointerCapture(from.pointerId);
    const boxAt = (now: globalThis.PointerEvent) => {
      const zoom = flow.getZoom();
      return pulled(box, how, (now.clientX - from.clientX) / zoom, (now.clientY - from.clientY) / zoom, isRtl());
    };
    const move = (now: globalThis.PointerEvent) => {
      far.current ||= Math.hypot(now.clientX - from.clientX, now.clientY - from.clientY) > SLACK;
      if (far.current) setLive(boxAt(now));
    };
    const leave = (now: globalThis.PointerEvent) => {
      frame.removeEventListener('pointermove', move);
      frame.removeEventListener('pointerup', leave);
      frame.removeEventListener('pointercancel', leave);
      if (now.type === 'pointerup' && far.current) put(id, boxAt(now));
      else setLive(null);
    };
    frame.addEventListener('pointermove', move);
    frame.addEventListener('pointerup', leave);
    frame.addEventListener('pointercancel', leave);
  };
  return { live, begin, wasPulled: () => far.current };
}

type OfNote = { id: string; note: Note; box: Box };

/** The text, in place; the note grows with it. A note that stays empty goes. */
function Writing({ id, note, box }: OfNote) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const text = field.current;
    text?.focus({ preventScroll: true });
    text?.setSelectionRange(text.value.length, text.value.length);
  }, []);
  const leave = () => {
    if (!note.text.trim()) dropNote(id);
    if (useView.getState().noting === id) show({ noting: null });
  };
  return (
    <textarea
      ref={field}
      className="nowheel"
      dir="auto"
      aria-label={t('Text of the note')}
      placeholder={t('Write a note to the team…')}
      maxLength={MOST_TEXT}
      value={note.text}
      onPointerDown={(event) => event.stopPropagation()}
      onChange={({ target }) => {
        const over = target.scrollHeight - target.clientHeight;
        writeNote(id, { text: target.value, ...(over > 0 ? { height: box.height + over } : {}) });
      }}
      onBlur={leave}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        const frame = event.currentTarget.closest<HTMLElement>('.react-flow__node');
        leave();
        frame?.focus({ preventScroll: true });
      }}
    />
  );
}

const COLOR_WORDS: Readonly<Record<(typeof COLORS)[number], () => string>> = {
  amber: () => t('Amber'),
  coral: () => t('Coral'),
  moss: () => t('Green'),
  blue: () => t('Blue'),
  plum: () => t('Purple'),
  slate: () => t('Grey'),
};

function Tools({ id, note, box, put, isShown }: OfNote & Pick<Pinned['data'], 'put'> & { isShown: boolean }) {
  const grow = (by: number) => put(id, pulled(box, 'size', isRtl() ? -by : by, by / 2, isRtl()));
  return (
    <NodeToolbar isVisible={isShown} position={Position.Top} offset={8} className="kj-note-tools nopan" dir={isRtl() ? 'rtl' : 'ltr'} role="toolbar" aria-label={t('The note')}>
      {COLORS.map((color) => (
        <button
          key={color}
          type="button"
          className={`kj-swatch k-hue-${color}`}
          aria-label={COLOR_WORDS[color]()}
          title={COLOR_WORDS[color]()}
          aria-pressed={hue(note) === color}
          onClick={() => writeNote(id, { color })}
        />
      ))}
      <i aria-hidden="true" />
      <IconButton label={t('Write (Enter)')} onClick={() => show({ noting: id })}>
        <IconPencil size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('Larger note')} onClick={() => grow(GROWS)}>
        <IconPlus size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('Smaller note')} onClick={() => grow(-GROWS)}>
        <IconMinus size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('Duplicate (Ctrl+D)')} onClick={() => doubleNote(id)}>
        <IconCopyPlus size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('Delete')} onClick={() => dropNote(id)}>
        <IconTrash size={16} aria-hidden="true" />
      </IconButton>
    </NodeToolbar>
  );
}

const WAYS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] };

/** Keys on a note that has the focus: arrows move it, with Shift they size it. False when the key means nothing here. */
export function onNoteKey(event: { key: string; shiftKey: boolean }, id: string, { box, put }: Pinned['data']): boolean {
  const way = WAYS[event.key];
  if (way) put(id, pulled(box, event.shiftKey ? 'size' : 'move', way[0] * (event.shiftKey ? 2 : 1), way[1] * (event.shiftKey ? 2 : 1), isRtl()));
  else if (event.key === 'Enter' || event.key === ' ' || event.key === 'F2') show({ noting: id });
  else if (event.key === 'Delete' || event.key === 'Backspace') dropNote(id);
  else if (event.key === 'Escape') select(null);
  else return false;
  return true;
}
