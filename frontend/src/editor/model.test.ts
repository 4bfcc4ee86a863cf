import { beforeEach, expect, test, vi } from 'vitest';
import type { BlockKind, Field } from './contract';
import { checksOf } from './checks';
import { addressProblem, completed } from './links';
import { type Block, type Body, copyOf, find, insert, isMove, move, placeOf, remove, step, walk, withColumns } from './model';
import * as store from './store';
import { fieldOf, lineNode, nearestField, pieces, searchFields, tagsIn, toHtml, toLine, withChips } from './tags';

const text = (id: string): Block => ({ id, kind: 'text', html: `<p>${id}</p>` });
const columns: Block = { id: 'c', kind: 'columns', columns: [{ blocks: [text('x')] }, { blocks: [] }] };
const tree = (): Block[] => [text('a'), columns, text('z')];
const order = (blocks: readonly Block[]) => [...walk(blocks)].map(({ block }) => block.id).join('');
const body = (blocks: Block[]): Body => ({ format: 1, language: 'he', direction: 'rtl', blocks });
const draft = (blocks: Block[]) => ({ name: '', subject: '', preheader: '', body: body(blocks) });
const heading: BlockKind = {
  key: 'heading',
  label: 'Heading',
  icon: 'heading',
  group: 'text',
  nests: true,
  schema: [],
  defaults: { text: 'A heading' },
};
const fields: Field[] = [
  { key: 'first_name', label: 'שם פרטי', type: 'text' },
  { key: 'city', label: 'עיר', type: 'text' },
];

test('a block moves within its list, counted before it was taken out', () => {
  expect(order(move(tree(), 'a', { container: null, index: 3 }))).toBe('cxza');
  expect(order(move(tree(), 'z', { container: null, index: 0 }))).toBe('zacx');
  expect(order(move(tree(), 'a', { container: null, index: 1 }))).toBe('acxz');
});

test('a block moves into a column and out again', () => {
  const inside = move(tree(), 'a', { container: { columns: 'c', column: 1 }, index: 0 });
  expect(placeOf(inside, 'a')).toEqual({ container: { columns: 'c', column: 1 }, index: 0 });
  expect(order(move(inside, 'a', { container: null, index: 2 }))).toBe('cxza');
});

test('columns do not go into columns, nor into themselves', () => {
  const two = insert(tree(), { ...columns, id: 'd', columns: [{ blocks: [] }] } as Block, { container: null, index: 0 });
  expect(order(move(two, 'd', { container: { columns: 'c', column: 0 }, index: 0 }))).toBe(order(two));
  expect(order(move(two, 'c', { container: { columns: 'c', column: 0 }, index: 0 }))).toBe(order(two));
});

test.each<[string, string, Parameters<typeof move>[2], boolean]>([
  ['into a column', 'a', { container: { columns: 'c', column: 1 }, index: 0 }, true],
  ['from a column out', 'x', { container: null, index: 0 }, true],
  ['to the end', 'a', { container: null, index: 3 }, true],
  ['before itself', 'a', { container: null, index: 0 }, false],
  ['after itself', 'a', { container: null, index: 1 }, false],
  ['before itself in a column', 'x', { container: { columns: 'c', column: 0 }, index: 0 }, false],
  ['columns into themselves', 'c', { container: { columns: 'c', column: 1 }, index: 0 }, false],
  ['into a column that is not there', 'a', { container: { columns: 'c', column: 2 }, index: 0 }, false],
  ['into columns that are gone', 'a', { container: { columns: 'q', column: 0 }, index: 0 }, false],
  ['a block that is gone', 'q', { container: null, index: 0 }, false],
])('%s: where a block may be dropped, and what would change nothing', (_name, id, to, may) => {
  expect(isMove(tree(), id, to)).toBe(may);
  if (!may) expect(order(move(tree(), id, to))).toBe(order(tree()));
});

test('the end of a mail does not go into a column', () => {
  const end = insert(tree(), { id: 'f', kind: 'footer' }, { container: null, index: 3 });
  expect(isMove(end, 'f', { container: { columns: 'c', column: 1 }, index: 0 })).toBe(false);
  expect(isMove(end, 'f', { container: null, index: 0 })).toBe(true);
});

test('steps walk through every column and come out on the other side', () => {
  let blocks: Block[] = tree();
  const seen = [];
  for (let place = step(blocks, 'a', 1); place; place = step(blocks, 'a', 1)) {
    blocks = move(blocks, 'a', place);
    seen.push(order(blocks));
  }
  expect(seen).toEqual(['caxz', 'cxaz', 'cxaz', 'cxaz', 'cxza']);
  expect(step(blocks, 'a', 1)).toBeNull();
});

test('no move loses or doubles a block', () => {
  const places = [null, { columns: 'c', column: 0 }, { columns: 'c', column: 1 }];
  for (const id of ['a', 'x', 'z', 'c']) {
    for (const container of places) {
      for (const index of [0, 1, 2, 3]) {
        expect([...order(move(tree(), id, { container, index }))].sort().join('')).toBe('acxz');
      }
    }
  }
});

test('a copy has new ids all the way down', () => {
  const copy = copyOf(columns, tree());
  const ids = [...walk([...tree(), copy])].map(({ block }) => block.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('fewer columns keep what stood in them', () => {
  const three = withColumns({ id: 'c', kind: 'columns', columns: [{ blocks: [] }, { blocks: [text('p')] }, { blocks: [text('q')] }] }, 1);
  expect(three.columns).toHaveLength(1);
  expect(three.columns[0]?.blocks.map(({ id }) => id)).toEqual(['p', 'q']);
});

test('removing columns removes what is in them', () => {
  expect(order(remove(tree(), 'c'))).toBe('az');
});

vi.stubGlobal('document', { documentElement: { lang: 'en', dir: 'ltr' } });
beforeEach(() => store.load(draft(tree())));

test('undo takes back one step, redo does it again', () => {
  store.deleteBlock('a');
  store.addBlock(heading, { container: null, index: 0 });
  store.undo();
  expect(order(store.blocksNow())).toBe('cxz');
  store.undo();
  expect(order(store.blocksNow())).toBe('acxz');
  store.redo();
  expect(order(store.blocksNow())).toBe('cxz');
});

test('typing without a pause is one step of undo', () => {
  vi.useFakeTimers({ now: 0 });
  for (const html of ['ש', 'של', 'שלו', 'שלום']) {
    vi.advanceTimersByTime(100);
    store.patchBlock('a', { html });
  }
  vi.advanceTimersByTime(5000);
  store.patchBlock('a', { html: 'שלום לכם' });
  store.undo();
  expect(find(store.blocksNow(), 'a')).toMatchObject({ html: 'שלום' });
  store.undo();
  expect(find(store.blocksNow(), 'a')).toMatchObject({ html: '<p>a</p>' });
  vi.useRealTimers();
});

test('the selection after deleting is the neighbour', () => {
  expect(store.deleteBlock('a')).toBe('c');
  expect(store.deleteBlock('z')).toBe('c');
});

test('a block is added after the selected one, columns never inside columns', () => {
  store.select('x');
  const inside = store.addBlock(heading);
  expect(placeOf(store.blocksNow(), inside)).toEqual({ container: { columns: 'c', column: 0 }, index: 1 });
  store.select('x');
  const outside = store.addBlock({ ...heading, key: 'columns', defaults: {} });
  expect(placeOf(store.blocksNow(), outside)).toEqual({ container: null, index: 2 });
});

test.each([
  ['שלום [[first_name|חבר]]!', ['שלום ', { key: 'first_name', fallback: 'חבר' }, '!']],
  ['[[ציון כולל]]', [{ key: 'ציון כולל', fallback: '' }]],
  ['[[birthday:long|soon]]', [{ key: 'birthday', format: 'long', fallback: 'soon' }]],
  ['[[total:money USD]]', [{ key: 'total', format: 'money USD', fallback: '' }]],
  ['[[מחיר: לצרכן]]', [{ key: 'מחיר: לצרכן', fallback: '' }]],
  ['[[', ['[[']],
  ['a [[b] c', ['a [[b] c']],
])('merge tags are found in %j', (line, expected) => {
  expect(pieces(line)).toEqual(expected);
  expect(toLine(lineNode(line))).toBe(line);
});

test('stored text gets chips in its words and not in its addresses', () => {
  const html = '<p>שלום [[first_name|חבר &amp; אח]] <a href="https://x.example/?c=[[city]]">כאן</a></p>';
  expect(withChips(html)).toBe(
    '<p>שלום <span data-tag="first_name" data-fallback="חבר &amp; אח"></span> ' +
      '<a href="https://x.example/?c=[[city]]">כאן</a></p>',
  );
});

test('rich text is written in the small subset', () => {
  const node = {
    type: 'doc',
    content: [
      {
        type: 'paragraph',
        attrs: { dir: 'ltr' },
        content: [
          { type: 'text', text: 'a < b', marks: [{ type: 'bold' }, { type: 'link', attrs: { href: 'https://x.example/?a=1&b=2' } }] },
          { type: 'hardBreak' },
          { type: 'mergeTag', attrs: { key: 'first_name', fallback: 'חבר' } },
        ],
      },
      { type: 'bulletList', content: [{ type: 'listItem', content: [{ type: 'paragraph', content: [{ type: 'text', text: '1' }] }] }] },
    ],
  };
  expect(toHtml(node)).toBe(
    '<p dir="ltr"><a href="https://x.example/?a=1&amp;b=2"><strong>a &lt; b</strong></a><br>[[first_name|חבר]]</p>' +
      '<ul><li><p>1</p></li></ul>',
  );
});

test('fields are found by key and by either language, without marks and case', () => {
  expect(fieldOf('First Name', fields)?.key).toBe('first_name');
  expect(fieldOf('שם-פרטי', fields)?.key).toBe('first_name');
  expect(fieldOf('nothing', fields)).toBeNull();
  expect(searchFields('cit', fields).map(({ key }) => key)).toEqual(['city']);
  expect(tagsIn('[[city]]')).toHaveLength(1);
});

test.each([
  ['shop.example/x', 'https://shop.example/x'],
  ['noa@example.com', 'mailto:noa@example.com'],
  ['03-1234567', 'tel:031234567'],
  ['[[site]]', '[[site]]'],
  ['', ''],
])('the address %j is completed to %j', (typed, whole) => {
  expect(completed(typed)).toBe(whole);
  expect(addressProblem(typed)).toBeNull();
});

test.each(['https://', 'shop', 'https://a b.example'])('the address %j is refused', (typed) => {
  expect(addressProblem(typed)).not.toBeNull();
});

test('checks name the block, errors first, and forget blocks that are gone', () => {
  const button: Block = { id: 'k', kind: 'button', text: '[[frist_name]]', url: 'nowhere' };
  const server = [
    { message: 'No picture', severity: 'warning' as const, block: 'gone' },
    { message: 'Empty', severity: 'warning' as const, path: 'blocks.k.text' },
  ];
  const found = checksOf(draft([button]), fields, server);
  expect(found.map(({ block, severity }) => [block, severity])).toEqual([
    ['k', 'error'],
    ['k', 'error'],
    ['k', 'warning'],
  ]);
});

const NAMED = [
  { key: 'first_name', label: 'שם פרטי', type: 'text' },
  { key: 'score', label: 'ציון כולל', type: 'number' },
];

test.each([
  ['שם פרתי', 'first_name'],
  ['frist name', 'first_name'],
  ['ציון', 'score'],
  ['ניקוד מצטבר', null],
])('%s may mean the field %s', (typed, key) => expect(nearestField(typed, NAMED)?.key ?? null).toBe(key));

test('a tag keeps its format through the text editor', () => {
  const html = '<p>[[birthday:long|בקרוב]]</p>';
  expect(withChips(html)).toContain('data-tag="birthday" data-format="long" data-fallback="בקרוב"');
});
