import { describe, expect, it } from 'vitest';
import { addTo, copyOf, find, insertAfter, removeNode, replaceWith, setJoin, setNots, setValue, step, unwrap, wrap } from './changes';
import type { Json, Rule } from './contract';
import { conditionOf, fromRule, type Group, isGroup, nodeAt, placesOf, toRule, walk } from './tree';

interface CaseFile {
  readonly cases?: readonly { readonly name: string; readonly rule: Rule }[];
}

const files = import.meta.glob<CaseFile>('../../../src/kesher/rules/cases/*.json', { eager: true, import: 'default' });
const cases = Object.values(files).flatMap((file) => file.cases ?? []);

const CITY = { field: 'city', op: 'equals', value: 'חיפה' };
const VIP = { list: 'vip' };
const tree = (rule: Rule): Group => fromRule(rule);
const idAt = (root: Group, index: number): string => [...walk(root)][index]?.id ?? '';

describe('a rule goes into the builder and comes out the same', () => {
  it('knows the shared cases', () => expect(cases.length).toBeGreaterThan(300));

  it.each(cases.map(({ name, rule }) => [name, rule] as const))('%s', (_name, rule) => {
    expect(toRule(fromRule(rule))).toEqual(rule);
  });

  it.each<[string, Rule]>([
    ['a field that is gone', { field: 'gone', op: 'was', value: [1, { a: null }] }],
    ['an unknown form', { all: [{ planet: 'mars' }, CITY] }],
    ['an unknown key beside a group', { all: [CITY], note: 'x' }],
    ['a group that is no list', { any: 'x' }],
    ['three negations', { not: { not: { not: { any: [CITY, { not: { not: VIP } }] } } } }],
    ['a negation of nothing known', { not: { note: 1 } }],
    ['groups in groups in groups', { any: [{ all: [{ any: [{ all: [] }] }] }] }],
  ])('%s', (_name, rule) => expect(toRule(fromRule(rule))).toEqual(rule));

  it('takes nothing at all for everybody', () => expect(toRule(fromRule({}))).toEqual({ all: [] }));
});

describe('changes', () => {
  it('adds to a single condition by making a group', () => {
    const root = tree(CITY);
    expect(toRule(addTo(root, root.id, conditionOf(VIP)))).toEqual({ all: [CITY, VIP] });
  });

  it('negates a condition and a group', () => {
    const root = tree({ all: [CITY, { any: [VIP] }] });
    const changed = setJoin(setNots(root, idAt(root, 0), 1), idAt(root, 1), 'any', 1);
    expect(toRule(changed)).toEqual({ all: [{ not: CITY }, { not: { any: [VIP] } }] });
  });

  it('keeps the id of what changes', () => {
    const root = tree({ all: [CITY, VIP] });
    const id = idAt(root, 0);
    for (const changed of [setValue(root, id, { ...CITY, value: 'עכו' }), replaceWith(root, id, VIP), setNots(root, id, 1)]) {
      expect(find(changed, id)).not.toBeNull();
    }
  });

  it('steps into a group and out of it', () => {
    const root = tree({ all: [CITY, { any: [VIP] }] });
    const id = idAt(root, 0);
    const inside = step(root, id, 1);
    expect(toRule(inside)).toEqual({ all: [{ any: [CITY, VIP] }] });
    expect(toRule(step(inside, id, -1))).toEqual({ all: [CITY, { any: [VIP] }] });
  });

  it('stays at the edge', () => {
    const root = tree({ all: [CITY, VIP] });
    expect(toRule(step(root, idAt(root, 1), 1))).toEqual({ all: [CITY, VIP] });
  });

  it('copies with new ids, after the original', () => {
    const root = tree({ all: [{ any: [CITY] }, VIP] });
    const group = root.rules[0];
    if (!group || !isGroup(group)) throw new Error('no group');
    const changed = insertAfter(root, group.id, copyOf(group));
    expect(toRule(changed)).toEqual({ all: [{ any: [CITY] }, { any: [CITY] }, VIP] });
    const ids = [...walk(changed)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('wraps into a group and takes it away again', () => {
    const root = tree({ all: [CITY, VIP] });
    const wrapped = wrap(root, idAt(root, 0), 'any');
    expect(toRule(wrapped)).toEqual({ all: [{ any: [CITY] }, VIP] });
    expect(toRule(unwrap(wrapped, idAt(wrapped, 0)))).toEqual({ all: [CITY, VIP] });
  });

  it('removes the last condition and is everybody', () => {
    const root = tree(CITY);
    expect(toRule(removeNode(root, idAt(root, 0)))).toEqual({ all: [] });
  });
});

describe('a problem finds its condition', () => {
  it.each<[string, Rule, string, Json, string]>([
    ['in a group', { all: [CITY, { any: [{ not: VIP }] }] }, 'all[1].any[0].not.list', VIP, 'list'],
    ['a single condition', CITY, 'value', CITY, 'value'],
    ['a negated one', { not: CITY }, 'not.value', CITY, 'value'],
    ['many', { all: [...Array<Rule>(11).fill(VIP), CITY] }, 'all[11].op', CITY, 'op'],
    ['of an event', { all: [{ did: 'x', where: { a: 1 } }] }, 'all[0].where.a', { did: 'x', where: { a: 1 } }, 'where.a'],
  ])('%s', (_name, rule, path, json, rest) => {
    const root = fromRule(rule);
    const found = nodeAt(placesOf(root), path);
    const node = found && find(root, found.id);
    expect([node && !isGroup(node) && node.value, found?.rest]).toEqual([json, rest]);
  });
});
