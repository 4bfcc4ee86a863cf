/** What is done to notes: made beside a step, written, moved, doubled, carried by the clipboard, taken away. */

import { t } from '../lib/i18n';
import type { Note } from './contract';
import { addNote, landNotes } from './notekeeping';
import { noteIn, patchNote, removeNote } from './notes';
import type { Piece } from './model';
import { change, graphNow, show, useView } from './store';

type Given = Parameters<typeof patchNote>[2];
const ASIDE = 24;

/** While the numbers of a rehearsal are shown, notes are read only. */
const isRead = (): boolean => useView.getState().people !== null;

export function writeNote(part: string, given: Given): void {
  if (!isRead()) change((graph) => patchNote(graph, part, given), `${part}.${Object.keys(given).join()}`);
}

export function dropNote(part: string): void {
  if (isRead() || !noteIn(graphNow(), part)) return;
  change((graph) => removeNote(graph, part), null, null);
  show({ noting: null, said: t('The note was taken away') });
}

type New = Parameters<typeof addNote>[1];

function put(note: New, isNew: boolean): void {
  const made = isRead() ? null : addNote(graphNow(), note);
  if (!made) return;
  const [graph, part] = made;
  change(() => graph, null, part);
  show({ noting: isNew ? part : null, said: t('A note was added') });
}

export const newNote = (place: Omit<New, 'text'>): void => put({ ...place, text: '' }, true);

/** A copy a little aside. */
export function doubleNote(part: string): void {
  const note = noteIn(graphNow(), part);
  if (!note) return;
  const { id: _id, ...rest } = note;
  put({ ...rest, x: note.x + ASIDE, y: note.y + ASIDE }, false);
}

/** As it travels by the clipboard: a piece without steps. */
export function noteAsPiece(part: string): Piece | null {
  const note = noteIn(graphNow(), part);
  return note ? { start: '', nodes: {}, notes: [note] } : null;
}

/** Notes that came without steps stand beside the step they stood at, if it is here, a little aside. */
export function pasteNotes(notes: readonly Note[]): void {
  if (isRead()) return;
  const aside = notes.map((note) => ({ ...note, x: note.x + ASIDE, y: note.y + ASIDE }));
  change((graph) => landNotes(graph, aside, new Map(Object.keys(graph.nodes).map((key) => [key, key]))));
  show({ said: t('The note was pasted') });
}
