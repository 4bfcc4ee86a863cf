/** The list of notes in a graph: one more, one less, and what becomes of those whose step is taken away. Pure. */

import type { Graph, Note } from './contract';

export const MOST_NOTES = 100;
export const MARK = '~note.';
/** What a note is called among the drawing's parts. */
export const partOf = (note: Pick<Note, 'id'>): string => MARK + note.id;

function freshId(graph: Graph): string {
  for (let number = 1; ; number += 1) if (!graph.notes?.some(({ id }) => id === `note_${number}`)) return `note_${number}`;
}

/** A note more; null when there are too many. Answers the graph and what the note is called among its parts. */
export function addNote(graph: Graph, note: Omit<Note, 'id' | 'by'> & { by?: string | undefined }): [Graph, string] | null {
  const notes = graph.notes ?? [];
  if (notes.length >= MOST_NOTES) return null;
  const made = tidy({ ...note, id: freshId(graph) } as Note);
  return [{ ...graph, notes: [...notes, made] }, partOf(made)];
}

/** What is not said is left out. */
export const tidy = (note: Note): Note => Object.fromEntries(Object.entries(note).filter(([, value]) => value !== undefined)) as Note;

/** Notes beside steps that are there no more stand beside the nearest step that led to them. `leading`: a step that led to one. */
export function keptNotes(graph: Graph, leading: (key: string) => readonly string[]): Graph {
  const isLost = ({ by }: Note) => by !== undefined && !graph.nodes[by];
  if (!graph.notes?.some(isLost)) return graph;
  const heir = (key: string): string | undefined => {
    const seen = new Set([key]);
    const rest = [key];
    for (let at = rest.shift(); at !== undefined; at = rest.shift()) {
      if (graph.nodes[at]) return at;
      for (const one of leading(at).filter((other) => !seen.has(other))) {
        seen.add(one);
        rest.push(one);
      }
    }
    return undefined;
  };
  return { ...graph, notes: graph.notes.map((one) => (isLost(one) ? tidy({ ...one, by: heir(one.by as string) } as Note) : one)) };
}

/** The notes beside these steps, as they travel with a copy. */
export const notesBeside = (graph: Graph, keys: ReadonlySet<string>): Note[] => (graph.notes ?? []).filter(({ by }) => by !== undefined && keys.has(by));

/** Travelled notes put down: ids of their own, beside the steps as those are called now, else beside the start. */
export function landNotes(graph: Graph, notes: readonly Note[], names: ReadonlyMap<string, string | null>): Graph {
  const land = (made: Graph, { id: _id, by, ...note }: Note): Graph => addNote(made, { ...note, by: names.get(by ?? '') ?? undefined })?.[0] ?? made;
  return notes.reduce(land, graph);
}
