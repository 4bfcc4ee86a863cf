import { describe, expect, it, vi } from 'vitest';
import { at, find, isMove, moveTo, pathOf } from './changes';
import { sayPlace } from './places';
import { fromRule, type Group, toRule, walk } from './tree';

const A = { list: 'a' };
const B = { list: 'b' };
const C = { list: 'c' };
const D = { list: 'd' };
/** a, (b or (c and d)), an empty group. */
const start = (): Group => fromRule({ all: [A, { any: [B, { all: [C, D] }] }, { not: { any: [] } }] });

/** The id of what lies at a path of the tree. */
const id = (root: Group, ...path: number[]): string => at(root, path)?.id ?? '';

describe('a condition or group is moved to a place', () => {
  it.each<[string, number[], number[], number, unknown]>([
    ['down in its group', [0], [], 2, { all: [{ any: [B, { all: [C, D] }] }, A, { not: { any: [] } }] }],
    ['to the end', [0], [], 3, { all: [{ any: [B, { all: [C, D] }] }, { not: { any: [] } }, A] }],
    ['up in its group', [1], [], 0, { all: [{ any: [B, { all: [C, D] }] }, A, { not: { any: [] } }] }],
    ['into a group', [0], [1], 1, { all: [{ any: [B, A, { all: [C, D] }] }, { not: { any: [] } }] }],
    ['into a group in a group', [0], [1, 1], 2, { all: [{ any: [B, { all: [C, D, A] }] }, { not: { any: [] } }] }],
    ['into an empty group, in whose negation it then stands', [0], [2], 0, { all: [{ any: [B, { all: [C, D] }] }, { not: { any: [A] } }] }],
    ['out of a group', [1, 1, 0], [], 0, { all: [C, A, { any: [B, { all: [D] }] }, { not: { any: [] } }] }],
    ['a group into another, with all that is in it', [1], [2], 0, { all: [A, { not: { any: [{ any: [B, { all: [C, D] }] }] } }] }],
    ['a group out of its group', [1, 1], [], 1, { all: [A, { all: [C, D] }, { any: [B] }, { not: { any: [] } }] }],
  ])('%s', (_name, from, parent, index, wanted) => {
    const root = start();
    const moved = moveTo(root, id(root, ...from), { parent: id(root, ...parent), index });
    expect(toRule(moved)).toEqual(wanted);
    expect([...walk(moved)].map((node) => node.id).sort()).toEqual([...walk(root)].map((node) => node.id).sort());
  });

  it.each<[string, number[], number[], number]>([
    ['before itself', [1], [], 1],
    ['after itself', [1], [], 2],
    ['a group into itself', [1], [1], 0],
    ['a group into what lies in it', [1], [1, 1], 0],
    ['all into a part', [], [1], 0],
    ['into a condition', [1], [0], 0],
    ['behind the end', [0], [1], 3],
  ])('%s is no move', (_name, from, parent, index) => {
    const root = start();
    const place = { parent: id(root, ...parent), index };
    expect(isMove(root, id(root, ...from), place)).toBe(false);
    expect(moveTo(root, id(root, ...from), place)).toBe(root);
  });

  it('what is gone goes nowhere', () => {
    const root = start();
    expect(moveTo(root, 'gone', { parent: root.id, index: 0 })).toBe(root);
    expect(moveTo(root, id(root, 0), { parent: 'gone', index: 0 })).toBe(root);
  });

  it('wherever it goes, nothing is lost or doubled', () => {
    const root = start();
    const nodes = [...walk(root)];
    for (const node of nodes) {
      for (const parent of [root, ...nodes]) {
        for (let index = 0; index < 4; index += 1) {
          const moved = moveTo(root, node.id, { parent: parent.id, index });
          expect([...walk(moved)].map((one) => one.id).sort()).toEqual(nodes.map((one) => one.id).sort());
          expect(JSON.stringify(find(moved, node.id))).toBe(JSON.stringify(node));
          if (moved !== root) expect(at(moved, pathOf(moved, parent.id) ?? [])).toMatchObject({ id: parent.id });
        }
      }
    }
  });

  it('is told in words', () => {
    vi.stubGlobal('document', { documentElement: { lang: 'en', dir: 'ltr' } });
    const root = start();
    expect(sayPlace(root, id(root, 1))).toBe('moved to place 2');
    expect(sayPlace(root, id(root, 1, 1, 0))).toBe('moved into group 2, place 1 of 2');
    vi.unstubAllGlobals();
  });
});
