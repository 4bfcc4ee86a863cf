/** Notes on the drawing, without the screen: where they stand, beside which step, what becomes of them. Pure. */

import type { Graph, Note } from './contract';
import { HEIGHTS, type Place, WIDTH } from './layout';
import { START } from './model';
import { MARK, partOf, tidy } from './notekeeping';

export const COLORS = ['amber', 'coral', 'moss', 'blue', 'plum', 'slate'] as const;
export const MOST_TEXT = 2000;
const USUAL = { width: 208, height: 116 } as const;
const LIMITS = { width: [140, 600], height: [80, 800] } as const;
const AWAY = 36;

/** Where a note stands in the drawing, left to right whatever the page's direction. */
export type Box = { x: number; y: number; width: number; height: number };
type Stand = Pick<Place, 'id' | 'kind' | 'x' | 'y'>;

export const isNote = (part: string | null): part is string => part?.startsWith(MARK) ?? false;
export const noteIn = (graph: Graph, part: string | null): Note | undefined =>
  isNote(part) ? graph.notes?.find((one) => partOf(one) === part) : undefined;

const within = (value: number, [least, most]: readonly [number, number]): number => Math.round(Math.min(Math.max(value, least), most));
export const sizeOf = ({ width, height }: Pick<Note, 'width' | 'height'>): { width: number; height: number } => ({
  width: within(width ?? USUAL.width, LIMITS.width),
  height: within(height ?? USUAL.height, LIMITS.height),
});

const standOf = (note: Note, places: readonly Stand[]): Stand | undefined =>
  places.find(({ id }) => id === (note.by ?? START)) ?? places.find(({ id }) => id === START);

/** `x` of a note is counted from the middle of its step to its own near edge, towards where reading goes. */
export function boxOf(note: Note, places: readonly Stand[], rtl: boolean): Box {
  const stand = standOf(note, places);
  const size = sizeOf(note);
  const middle = (stand?.x ?? -WIDTH / 2) + WIDTH / 2;
  return { ...size, x: rtl ? middle - note.x - size.width : middle + note.x, y: (stand?.y ?? 0) + note.y };
}

/** How far a box is from what stands there; 0 where they touch. */
function distance(box: Box, { x, y, kind }: Stand): number {
  const across = Math.max(x - (box.x + box.width), box.x - (x + WIDTH), 0);
  const along = Math.max(y - (box.y + box.height), box.y - (y + HEIGHTS[kind]), 0);
  return Math.hypot(across, along);
}

/** Place and size as a note keeps them: beside the nearest step, so that it goes along when the drawing makes room. */
export function standing(box: Box, places: readonly Stand[], rtl: boolean): Pick<Note, 'x' | 'y' | 'width' | 'height'> & { by: string | undefined } {
  const steps = places.filter(({ kind }) => kind !== 'leaf');
  const height = (one: Stand) => Math.abs(box.y + box.height / 2 - (one.y + HEIGHTS[one.kind] / 2));
  const [near] = steps.sort((one, other) => distance(box, one) - distance(box, other) || height(one) - height(other));
  const middle = (near?.x ?? 0) + WIDTH / 2;
  const size = sizeOf(box);
  return {
    ...size,
    by: near && near.id !== START ? near.id : undefined,
    x: Math.round(rtl ? middle - box.x - size.width : box.x - middle),
    y: Math.round(box.y - (near?.y ?? 0)),
  };
}

const isOver = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

/** A free place beside a step, where reading goes; on its other side, or lower, when something stands there. */
export function besideOf(stand: Stand, taken: readonly Box[], rtl: boolean): Box {
  const sides = [stand.x + WIDTH + AWAY, stand.x - AWAY - USUAL.width];
  const found = (rtl ? sides.reverse() : sides).map((x) => {
    const box: Box = { ...USUAL, x, y: stand.y };
    for (const one of [...taken].sort((first, second) => first.y - second.y)) if (isOver(one, box)) box.y = one.y + one.height + 12;
    return box;
  });
  return found.sort((one, other) => one.y - other.y)[0] as Box;
}

/** What a drag, or a key, makes of a box: its far lower corner is pulled, or all of it. */
export function pulled(box: Box, how: 'move' | 'size', x: number, y: number, rtl: boolean): Box {
  if (how === 'move') return { ...box, x: box.x + x, y: box.y + y };
  const size = sizeOf({ width: box.width + (rtl ? -x : x), height: box.height + y });
  return { ...size, x: rtl ? box.x + box.width - size.width : box.x, y: box.y };
}

export const patchNote = (graph: Graph, part: string, given: { [Key in keyof Note]?: Note[Key] | undefined }): Graph => ({
  ...graph,
  notes: (graph.notes ?? []).map((one) => (partOf(one) === part ? tidy({ ...one, ...given } as Note) : one)),
});

export function removeNote(graph: Graph, part: string): Graph {
  const { notes = [], ...rest } = graph;
  const left = notes.filter((one) => partOf(one) !== part);
  return left.length ? { ...rest, notes: left } : rest;
}
