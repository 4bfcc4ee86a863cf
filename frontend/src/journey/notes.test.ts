import { describe, expect, it } from 'vitest';
import type { Graph, Kind, Note } from './contract';
import { layout, WIDTH } from './layout';
import { copyOf, cutPiece, insertStep, type Kinds, pastePiece, removeStep, START } from './model';
import { addNote, MOST_NOTES, partOf } from './notekeeping';
import { type Box, besideOf, boxOf, isNote, noteIn, patchNote, pulled, removeNote, standing } from './notes';

const kind = (key: string, ports: string[]): Kind => ({ kind: key, label: key, help: '', icon: '', tone: 'slate', group: '', settings: [], ports });
const KINDS: Kinds = new Map([kind('condition', ['yes', 'no']), kind('wait', ['next']), kind('alert', ['next']), kind('exit', [])].map((one) => [one.kind, one]));
const GRAPH: Graph = {
  format: 1,
  name: '',
  triggers: [],
  start: 'ask',
  nodes: {
    ask: { kind: 'condition', yes: 'rest', no: 'end' },
    rest: { kind: 'wait', for: 'P1D', next: 'tell' },
    tell: { kind: 'alert', next: 'end' },
    end: { kind: 'exit' },
  },
};
const note = (by?: string): Note => ({ id: 'note_1', text: 'שלום', x: 200, y: 10, ...(by ? { by } : {}) });
const noted = (by?: string): Graph => ({ ...GRAPH, notes: [note(by)] });
const placesOf = (graph: Graph, rtl: boolean) => layout(graph, KINDS, rtl).places;
const onlyBox = (graph: Graph, rtl: boolean): Box => boxOf(graph.notes?.[0] as Note, placesOf(graph, rtl), rtl);

describe('where a note stands', () => {
  it.each([true, false])('is told and found again, right to left: %s', (rtl) => {
    const places = placesOf(GRAPH, rtl);
    for (const box of [
      { x: -700, y: 400, width: 208, height: 116 },
      { x: 310, y: 20, width: 300, height: 90 },
    ]) {
      const kept = { ...note(), ...standing(box, places, rtl) } as Note;
      expect(boxOf(kept, places, rtl)).toEqual(box);
    }
  });
  it('is mirrored as the drawing is', () => {
    const [ltr, rtl] = [onlyBox(noted('rest'), false), onlyBox(noted('rest'), true)];
    expect(ltr.x).toBe(-(rtl.x + rtl.width));
    expect(ltr.y).toBe(rtl.y);
  });
  it('is beside its step still when the drawing makes room above', () => {
    const [more] = insertStep(noted('tell'), { from: START, port: 'next' }, { kind: 'wait' }, KINDS);
    const offset = (graph: Graph) => onlyBox(graph, false).y - (placesOf(graph, false).find(({ id }) => id === 'tell')?.y ?? 0);
    expect(onlyBox(more, false).y).toBeGreaterThan(onlyBox(noted('tell'), false).y);
    expect(offset(more)).toBe(offset(noted('tell')));
  });
  it('is beside the nearest step, and without one beside the start', () => {
    const places = placesOf(GRAPH, false);
    const tell = places.find(({ id }) => id === 'tell');
    const box = (x: number, y: number): Box => ({ x, y, width: 208, height: 116 });
    expect(standing(box((tell?.x ?? 0) - 230, tell?.y ?? 0), places, false).by).toBe('tell');
    expect(standing(box(WIDTH, -80), places, false).by).toBeUndefined();
  });
  it('is free of what stands there when it is new', () => {
    const [first] = placesOf(GRAPH, false);
    if (!first) throw new Error('nothing is drawn');
    const one = besideOf(first, [], true);
    const other = besideOf(first, [one], true);
    expect(one.x + one.width).toBeLessThan(first.x);
    expect(other.x >= first.x + WIDTH || other.y >= one.y + one.height).toBe(true);
  });
});

describe('pulling a note', () => {
  const box: Box = { x: 0, y: 0, width: 200, height: 100 };
  it('moves it', () => expect(pulled(box, 'move', 5, -7, true)).toEqual({ ...box, x: 5, y: -7 }));
  it('sizes it at the end of its lines, and within limits', () => {
    expect(pulled(box, 'size', 40, 20, false)).toEqual({ x: 0, y: 0, width: 240, height: 120 });
    expect(pulled(box, 'size', -40, 20, true)).toEqual({ x: -40, y: 0, width: 240, height: 120 });
    expect(pulled(box, 'size', -999, 9999, false)).toEqual({ x: 0, y: 0, width: 140, height: 800 });
  });
});

describe('the list of notes', () => {
  it('takes a note, changes it and gives it up without a trace', () => {
    const [graph, part] = addNote(GRAPH, { text: 'a', x: 0, y: 0, by: undefined }) ?? [GRAPH, ''];
    const changed = patchNote(graph, part, { text: 'b', color: 'plum' });
    expect([isNote(part), isNote('ask'), isNote(null)]).toEqual([true, false, false]);
    expect(noteIn(changed, part)).toEqual({ id: 'note_1', text: 'b', x: 0, y: 0, color: 'plum' });
    expect(removeNote(changed, part)).toEqual(GRAPH);
  });
  it('is as long as the server takes it', () => {
    const full = Array.from({ length: MOST_NOTES }).reduce<Graph>((graph) => addNote(graph, { text: '', x: 0, y: 0 })?.[0] ?? graph, GRAPH);
    expect(new Set(full.notes?.map(partOf)).size).toBe(MOST_NOTES);
    expect(addNote(full, { text: '', x: 0, y: 0 })).toBeNull();
  });
});

describe('a step with a note', () => {
  it('leaves it with the step before when it is taken out', () => {
    expect(removeStep(noted('tell'), 'tell', 'next', KINDS).notes?.[0]?.by).toBe('rest');
    expect(removeStep(noted('ask'), 'ask', 'yes', KINDS).notes).toEqual([note()]);
    expect(removeStep(noted('tell'), 'ask', 'no', KINDS).notes?.[0]?.by).toBeUndefined();
  });
  it('takes it along when it is copied or cut', () => {
    const piece = copyOf(noted('tell'), 'rest', KINDS);
    const [pasted] = pastePiece(noted('tell'), { from: 'ask', port: 'no' }, piece, KINDS);
    expect(pasted.notes?.map(({ id, by }) => [id, by])).toEqual([
      ['note_1', 'tell'],
      ['note_2', 'alert_1'],
    ]);
    expect(cutPiece(noted('tell'), 'rest', KINDS).notes).toEqual([]);
  });
});
