import { describe, expect, it } from 'vitest';
import type { Graph, Kind } from './contract';
import { addBranch, BEFORE, balanced, blockOf, branchesOf, checkStep, copyOf, cutPiece, drawOtherwise, evenly, eventOf, insertStep, isChecked, type Kinds, lastWay, meetingOf, movePiece, ownedBy, pastePiece, readingOrder, START, writeBranches } from './model';

const kind = (key: string, ports: string[]): Kind => ({ kind: key, label: key, help: '', icon: '', tone: 'slate', group: '', settings: [], ports });
const KINDS: Kinds = new Map(
  [kind('condition', ['yes', 'no']), kind('wait_until', ['yes', 'timed_out']), kind('wait', ['next']), kind('send_email', ['next']), kind('exit', []), kind('split', ['otherwise'])].map((one) => [one.kind, one]),
);
const graph = (nodes: Graph['nodes'], start: string): Graph => ({ format: 1, name: '', triggers: [], start, nodes });
/** mail → ask (yes: rest → end, no: again → end) */
const ASKED = graph(
  {
    mail: { kind: 'send_email', next: 'ask' },
    ask: { kind: 'condition', yes: 'rest', no: 'again' },
    rest: { kind: 'wait', next: 'end' },
    again: { kind: 'send_email', next: 'end' },
    end: { kind: 'exit' },
  },
  'mail',
);
const SPLIT = graph(
  {
    split: { kind: 'split', branches: [{ label: 'a', to: 'mail' }, { label: 'b', to: 'end' }], otherwise: 'end' },
    mail: { kind: 'send_email', next: 'end' },
    end: { kind: 'exit' },
  },
  'split',
);

describe('what goes with a step', () => {
  it('is what only it leads to, without the exit', () => {
    expect([...ownedBy(ASKED, 'ask', KINDS)].sort()).toEqual(['again', 'ask', 'rest']);
    expect([...ownedBy(ASKED, 'rest', KINDS)]).toEqual(['rest']);
  });
  it('moves with it, and what led to it goes on', () => {
    const made = movePiece(ASKED, 'ask', { from: START, port: 'next' }, KINDS);
    expect([made.start, made.nodes.ask?.yes, made.nodes.rest?.next, made.nodes.again?.next, made.nodes.mail?.next]).toEqual(['ask', 'rest', 'mail', 'mail', 'end']);
  });
  it('does not move into itself', () => {
    expect(movePiece(ASKED, 'ask', { from: 'rest', port: 'next' }, KINDS)).toBe(ASKED);
  });
  it('is cut out whole', () => {
    const made = cutPiece(ASKED, 'ask', KINDS);
    expect([made.nodes.mail?.next, Object.keys(made.nodes)]).toEqual(['end', ['mail', 'end']]);
  });
  it('leaves an exit where all is cut', () => {
    const made = cutPiece(graph({ rest: { kind: 'wait' } }, 'rest'), 'rest', KINDS);
    expect(made.nodes[made.start]).toEqual({ kind: 'exit' });
  });
  it('is pasted into another journey and goes on where the way led', () => {
    const piece = copyOf(ASKED, 'ask', KINDS);
    const [made, key] = pastePiece(SPLIT, { from: 'mail', port: 'next' }, piece, KINDS);
    expect(made.nodes.mail?.next).toBe(key);
    const yes = String(made.nodes[key]?.yes);
    expect([made.nodes[yes]?.kind, made.nodes[yes]?.next]).toEqual(['wait', 'end']);
  });
});

it('is moved with its own ways only, when the rest stays', () => {
  expect([...blockOf(ASKED, 'mail', KINDS)]).toEqual(['mail']);
  expect([...blockOf(ASKED, 'ask', KINDS)].sort()).toEqual(['again', 'ask', 'rest']);
});

describe('the ways of a split', () => {
  it('gain one that leads to where the others meet', () => {
    const made = addBranch(SPLIT, 'split', { label: 'c' }, KINDS);
    expect(branchesOf(made.nodes.split ?? { kind: '' })[2]?.to).toBe('end');
  });
  it('take with them what only they lead to', () => {
    const made = writeBranches(SPLIT, 'split', [{ label: 'b', to: 'end' }], KINDS);
    expect(Object.keys(made.nodes)).toEqual(['split', 'end']);
  });
  it('get an otherwise to where they meet', () => {
    const { otherwise: _gone, ...split } = SPLIT.nodes.split ?? { kind: '' };
    const made = drawOtherwise({ ...SPLIT, nodes: { ...SPLIT.nodes, split } }, 'split', KINDS);
    expect(made.nodes.split?.otherwise).toBe('end');
  });
  it('get an otherwise with its own exit when they meet nowhere', () => {
    const made = drawOtherwise(graph({ split: { kind: 'split', branches: [{}, {}] } }, 'split'), 'split', KINDS);
    expect(made.nodes[String(made.nodes.split?.otherwise)]).toEqual({ kind: 'exit' });
  });
  it('meet at the nearest step that all lead to', () => {
    expect(meetingOf(ASKED, ['rest', 'again'], KINDS)).toBe('end');
    expect(meetingOf(ASKED, ['mail', 'ask'], KINDS)).toBe('ask');
  });
});

describe('shares', () => {
  it.each([
    [[50, 50], 0, 70, [70, 30]],
    [[34, 33, 33], 0, 50, [50, 33, 17]],
    [[50, 33, 17], 1, 30, [50, 30, 20]],
    [[50, 30, 20], 2, 40, [50, 10, 40]],
    [[50, 50], 0, 400, [99, 1]],
    [[50, 50], 1, Number.NaN, [99, 1]],
  ])('%j: way %i to %d gives %j', (shares, at, wanted, expected) => {
    expect(balanced(shares, at, wanted)).toEqual(expected);
  });
  it('are as even as whole numbers allow', () => {
    expect(evenly(3)).toEqual([34, 33, 33]);
  });
});

describe('the control check', () => {
  it('is asked for until something after the message asks', () => {
    expect(isChecked(ASKED, 'mail', KINDS)).toBe(false);
    const [made] = insertStep(ASKED, { from: 'mail', port: 'next' }, checkStep('opened'), KINDS);
    expect(isChecked(made, 'mail', KINDS)).toBe(true);
    expect(isChecked(made, 'again', KINDS)).toBe(false);
  });
});

it('goes before all that meet at a step', () => {
  const [made, key] = insertStep(ASKED, { from: BEFORE, port: 'end' }, { kind: 'wait' }, KINDS);
  expect([made.nodes.rest?.next, made.nodes.again?.next, made.nodes[key]?.next]).toEqual([key, key, 'end']);
  const moved = movePiece(ASKED, 'mail', { from: BEFORE, port: 'end' }, KINDS);
  expect([moved.start, moved.nodes.rest?.next, moved.nodes.again?.next, moved.nodes.mail?.next]).toEqual(['ask', 'mail', 'mail', 'end']);
  const [pasted, start] = pastePiece(ASKED, { from: BEFORE, port: 'end' }, copyOf(ASKED, 'rest', KINDS), KINDS);
  expect([pasted.nodes.rest?.next, pasted.nodes[start]?.next]).toEqual([start, 'end']);
});

it('reads along the ways', () => {
  expect(readingOrder(ASKED, KINDS)).toEqual(['mail', 'ask', 'rest', 'end', 'again']);
  expect(lastWay(ASKED, KINDS)).toEqual({ from: 'rest', port: 'next' });
});

it('knows the event when there is one kind only', () => {
  expect(eventOf({ ...ASKED, triggers: [{ kind: 'list.joined' }, { kind: 'list.joined' }] })).toBe('list.joined');
  expect(eventOf({ ...ASKED, triggers: [{ kind: 'list.joined' }, { kind: 'date' }] })).toBe('');
});
