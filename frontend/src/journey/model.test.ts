import { describe, expect, it } from 'vitest';
import type { Graph, Kind } from './contract';
import { layout, shapeOf, WIDTH } from './layout';
import { BEFORE, classOn, copyOf, insertStep, type Kinds, pastePiece, reachedFrom, removeStep, START, targetOf } from './model';

const kind = (key: string, ports: string[]): Kind => ({ kind: key, label: key, help: '', icon: '', tone: 'slate', group: '', settings: [], ports });
const KINDS: Kinds = new Map(
  [kind('condition', ['yes', 'no']), kind('wait', ['next', 'past', 'no_date']), kind('alert', ['next']), kind('exit', []), kind('split', ['otherwise'])].map(
    (one) => [one.kind, one],
  ),
);
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

describe('the class of a new message', () => {
  const graph: Graph = { ...GRAPH, nodes: { ...GRAPH.nodes, rest: { kind: 'send_sms', message_class: 'service', next: 'tell' } } };
  const kinds: Kinds = new Map([...KINDS, ['send_sms', kind('send_sms', ['next'])]]);
  it('is that of the message before it', () => {
    expect(classOn(graph, { from: 'tell', port: 'next' }, kinds)).toBe('service');
    expect(classOn(graph, { from: BEFORE, port: 'end' }, kinds)).toBe('service');
  });
  it('is advertising where none is before it', () => {
    expect(classOn(graph, { from: 'ask', port: 'no' }, kinds)).toBe('advertising');
    expect(classOn(graph, { from: START, port: 'next' }, kinds)).toBe('advertising');
  });
});

describe('putting a step in', () => {
  it('leads all its ways to where the way led', () => {
    const [graph, key] = insertStep(GRAPH, { from: 'ask', port: 'no' }, { kind: 'condition' }, KINDS);
    expect(graph.nodes.ask?.no).toBe(key);
    expect([graph.nodes[key]?.yes, graph.nodes[key]?.no]).toEqual(['end', 'end']);
  });
  it('may be the first', () => {
    const [graph, key] = insertStep(GRAPH, { from: START, port: 'next' }, { kind: 'wait' }, KINDS);
    expect([graph.start, graph.nodes[key]?.next]).toEqual([key, 'ask']);
  });
  it('gives branches of a split their way', () => {
    const [graph, key] = insertStep(GRAPH, { from: 'rest', port: 'next' }, { kind: 'split', branches: [{ label: 'a' }] }, KINDS);
    expect(targetOf(graph, { from: key, port: '1' })).toBe('tell');
    expect(targetOf(graph, { from: key, port: 'otherwise' })).toBe('tell');
  });
});

describe('taking a step out', () => {
  it('joins what is around it', () => {
    expect(removeStep(GRAPH, 'rest', 'next', KINDS).nodes.ask?.yes).toBe('tell');
  });
  it('takes what only the other ways reach', () => {
    const graph = removeStep(GRAPH, 'ask', 'no', KINDS);
    expect([graph.start, Object.keys(graph.nodes)]).toEqual(['end', ['end']]);
  });
});

it('pastes what follows a step, and goes on where the way led', () => {
  const piece = copyOf(GRAPH, 'rest', KINDS);
  const [graph, key] = pastePiece(GRAPH, { from: 'ask', port: 'no' }, piece, KINDS);
  expect(graph.nodes.ask?.no).toBe(key);
  expect(reachedFrom(graph, key, KINDS).size).toBe(3);
  expect(graph.nodes.ask?.yes).toBe('rest');
});

describe('the layout', () => {
  const at = (rtl: boolean) => Object.fromEntries(layout(GRAPH, KINDS, rtl).places.map((place) => [place.id, place]));
  it('centres the meeting of ways under where they parted', () => {
    const places = at(false);
    expect(places.end?.x).toBeCloseTo(places.ask?.x ?? 1);
    expect(places.end?.y).toBeGreaterThan(places.tell?.y ?? 0);
  });
  it('keeps “yes” on the side where reading starts', () => {
    expect(at(false).rest?.x).toBeLessThan(at(false).ask?.x ?? 0);
    expect(at(true).rest?.x).toBeGreaterThan(at(true).ask?.x ?? 0);
  });
  it('ends a way back in a leaf', () => {
    const loop: Graph = { ...GRAPH, nodes: { ...GRAPH.nodes, tell: { kind: 'alert', next: 'rest' } } };
    const leaf = layout(loop, KINDS, false).places.find((place) => place.goesTo === 'rest');
    expect(leaf?.kind).toBe('leaf');
  });
  it('lets no two steps overlap', () => {
    const { places } = layout(GRAPH, KINDS, true);
    for (const one of places)
      for (const other of places)
        expect(one === other || Math.abs(one.x - other.x) >= WIDTH || Math.abs(one.y - other.y) >= 100).toBe(true);
  });
});

describe('the shape of a drawing', () => {
  it('is the same whatever is written in the steps', () => {
    const written: Graph = { ...GRAPH, name: 'x', nodes: { ...GRAPH.nodes, rest: { ...GRAPH.nodes.rest, kind: 'wait', for: 'P9D', name: 'y' } } };
    expect(shapeOf(written, KINDS)).toBe(shapeOf(GRAPH, KINDS));
    expect(layout(written, KINDS, true)).toEqual(layout(GRAPH, KINDS, true));
  });
  it('is another when a way leads elsewhere', () => {
    const [more] = insertStep(GRAPH, { from: 'ask', port: 'no' }, { kind: 'wait' }, KINDS);
    expect(shapeOf(more, KINDS)).not.toBe(shapeOf(GRAPH, KINDS));
  });
});
