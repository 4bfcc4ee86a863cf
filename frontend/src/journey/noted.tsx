/** The notes in the drawing: each where its step stands, and the button that makes one. */

import { IconNote } from '@tabler/icons-react';
import { type ReactFlowInstance, useReactFlow } from '@xyflow/react';
import { useCallback, useMemo } from 'react';
import { isRtl, t } from '../lib/i18n';
import { usePage } from './context';
import { IconButton } from './icons';
import { HEIGHTS, layout, type Place, WIDTH } from './layout';
import type { Kinds } from './model';
import { holdsStill, type Pinned } from './note';
import { partOf } from './notekeeping';
import { besideOf, type Box, boxOf, isNote, standing } from './notes';
import { newNote, writeNote } from './noting';
import { graphNow, useJourney, useView } from './store';

export const boxOfPlace = (place: Place): Box & { id: string } => ({ id: place.id, x: place.x, y: place.y, width: WIDTH, height: HEIGHTS[place.kind] });

/** The notes as the drawing has them. */
export function useNotes(places: readonly Place[]): Pinned[] {
  const notes = useJourney((state) => state.graph.notes);
  const selected = useJourney((state) => (isNote(state.selected) ? state.selected : null));
  const put = useCallback((part: string, box: Box) => writeNote(part, standing(box, places, isRtl())), [places]);
  return useMemo(
    () =>
      (notes ?? []).map((note): Pinned => {
        const [id, box] = [partOf(note), boxOf(note, places, isRtl())];
        return {
          id,
          type: 'note',
          position: { x: box.x, y: box.y },
          data: { box, put },
          selected: id === selected,
          draggable: false,
          ariaRole: 'group',
          ariaLabel: `${t('Sticky note: {note}', { note: note.text })}. ${t('Arrows move it, with Shift they change its size, Enter writes.')}`,
          className: holdsStill(id === selected) ? 'nopan' : '',
          width: box.width,
          height: box.height,
        };
      }),
    [notes, places, put, selected],
  );
}

/** Beside the step that is chosen, else beside the one nearest to the middle of what is seen. */
export function addNoteHere(flow: ReactFlowInstance, here: string | null, kinds: Kinds): void {
  const { places } = layout(graphNow(), kinds, isRtl());
  const frame = document.querySelector('.kj-canvas')?.getBoundingClientRect();
  const middle = flow.screenToFlowPosition({ x: (frame?.left ?? 0) + (frame?.width ?? 0) / 2, y: (frame?.top ?? 0) + (frame?.height ?? 0) / 2 });
  const far = (place: Place) => Math.hypot(place.x + WIDTH / 2 - middle.x, place.y + HEIGHTS[place.kind] / 2 - middle.y);
  const [near] = places.filter(({ kind }) => kind !== 'leaf').sort((one, other) => far(one) - far(other));
  const stand = places.find(({ id }) => id === here) ?? near;
  if (!stand) return;
  const taken = [...places.map(boxOfPlace), ...(graphNow().notes ?? []).map((note) => boxOf(note, places, isRtl()))];
  newNote(standing(besideOf(stand, taken, isRtl()), [stand], isRtl()));
}

/** `wide`: in the bar under a thumb. */
export function AddNote({ wide = false }: { wide?: boolean }) {
  const { kinds } = usePage();
  const flow = useReactFlow();
  const isRead = useView((state) => state.people !== null);
  return (
    <IconButton
      label={t('Add a note (N)')}
      disabled={isRead}
      className={wide ? 'btn kj-add-note' : 'k-icon-button'}
      onClick={() => addNoteHere(flow, useJourney.getState().selected, kinds)}
    >
      <IconNote size={wide ? 20 : 16} aria-hidden="true" />
    </IconButton>
  );
}
