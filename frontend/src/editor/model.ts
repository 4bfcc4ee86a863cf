/** The document as the server stores it (FORMATS: Document), and pure changes of its tree.
 *
 * Every change answers a new tree and leaves the old one alone, so that undo is a matter of keeping trees.
 */

import type { Rule } from '../rulebuilder/contract';
import type { BlockKind } from './contract';

export type Direction = 'rtl' | 'ltr';
export type Align = 'start' | 'center' | 'end';
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

type Common = { id: string; show_if?: Rule | null; smart?: Json; align?: Align; background?: string; space?: number };
export type HeadingBlock = Common & { kind: 'heading'; text: string; level?: '1' | '2' | '3'; color?: string };
export type TextBlock = Common & { kind: 'text'; html: string; size?: 'small' | 'normal' | 'large'; color?: string };
export type ImageBlock = Common & {
  kind: 'image';
  src: string;
  alt?: string;
  decorative?: boolean;
  url?: string;
  width?: number;
  full?: boolean;
  corners?: number;
};
export type ButtonBlock = Common & {
  kind: 'button';
  text: string;
  url: string;
  style?: 'filled' | 'outline';
  color?: string;
  wide?: boolean;
};
export type Column = { blocks: Block[] };
export type ColumnsBlock = Common & {
  kind: 'columns';
  columns: Column[];
  ratio?: 'equal' | 'narrow_wide' | 'wide_narrow';
  valign?: 'top' | 'middle' | 'bottom';
};
export type DividerBlock = Common & { kind: 'divider'; color?: string; thickness?: number; width?: number };
export type SpacerBlock = Common & { kind: 'spacer'; height?: number };
export type SocialItem = { network?: string; url?: string };
export type SocialBlock = Common & { kind: 'social'; items?: SocialItem[] };
export type FooterBlock = Common & {
  kind: 'footer';
  html?: string;
  details?: boolean;
  preferences?: boolean;
  view?: boolean;
};
export type Block =
  | HeadingBlock
  | TextBlock
  | ImageBlock
  | ButtonBlock
  | ColumnsBlock
  | DividerBlock
  | SpacerBlock
  | SocialBlock
  | FooterBlock;

export type Theme = { [key: string]: string | number | boolean | null | undefined };
export type Body = { format: number; language: string; direction: Direction; theme?: Theme; blocks: Block[] };
export type Draft = { name: string; subject: string; preheader: string; body: Body };

/** Where a block stands: among the document's blocks, or in one column of a columns block. */
export type Container = { columns: string; column: number } | null;
export type Place = { container: Container; index: number };

export const columnsOf = (block: Block): readonly Column[] =>
  'columns' in block && Array.isArray(block.columns) ? block.columns : [];

/** A setting by its schema's key: the inspector is generic, so it reads what it does not know. */
export const setting = (block: Block, key: string): unknown => (block as unknown as Record<string, unknown>)[key];

/** The rule that says who sees the block; null for everybody. */
export const ruleOf = (block: Block): Rule | null => {
  const rule = block.show_if;
  return rule && typeof rule === 'object' && Object.keys(rule).length ? rule : null;
};

export function* walk(blocks: readonly Block[], container: Container = null): Generator<{ block: Block; place: Place }> {
  for (const [index, block] of blocks.entries()) {
    yield { block, place: { container, index } };
    for (const [column, { blocks: inner }] of columnsOf(block).entries()) {
      yield* walk(inner, { columns: block.id, column });
    }
  }
}

export function find(blocks: readonly Block[], id: string | null): Block | null {
  for (const { block } of walk(blocks)) if (block.id === id) return block;
  return null;
}

export function placeOf(blocks: readonly Block[], id: string): Place | null {
  for (const { block, place } of walk(blocks)) if (block.id === id) return place;
  return null;
}

export function blocksIn(blocks: readonly Block[], container: Container): readonly Block[] {
  if (container === null) return blocks;
  const parent = find(blocks, container.columns);
  return (parent && columnsOf(parent)[container.column]?.blocks) ?? [];
}

/** Kinds that stand only among the document's own blocks. */
const OUTERMOST: readonly string[] = ['columns', 'footer'];

export const fits = (block: { kind: string }, container: Container): boolean =>
  container === null || !OUTERMOST.includes(block.kind);

function withContainer(blocks: readonly Block[], container: Container, change: (inner: Block[]) => Block[]): Block[] {
  if (container === null) return change([...blocks]);
  return blocks.map((block) => {
    if (block.id !== container.columns || block.kind !== 'columns') return block;
    const columns = block.columns.map((column, at) =>
      at === container.column ? { ...column, blocks: change([...column.blocks]) } : column,
    );
    return { ...block, columns };
  });
}

export function insert(blocks: readonly Block[], block: Block, { container, index }: Place): Block[] {
  if (!fits(block, container)) return [...blocks];
  return withContainer(blocks, container, (inner) => inner.toSpliced(index, 0, block));
}

export function remove(blocks: readonly Block[], id: string): Block[] {
  const place = placeOf(blocks, id);
  if (!place) return [...blocks];
  return withContainer(blocks, place.container, (inner) => inner.toSpliced(place.index, 1));
}

export function patch(blocks: readonly Block[], id: string, change: Record<string, unknown>): Block[] {
  const place = placeOf(blocks, id);
  if (!place) return [...blocks];
  return withContainer(blocks, place.container, (inner) =>
    inner.map((block) => (block.id === id ? ({ ...block, ...change } as Block) : block)),
  );
}

const isThere = (blocks: readonly Block[], container: Container): boolean => {
  const parent = container && find(blocks, container.columns);
  return container === null || (parent !== null && columnsOf(parent)[container.column] !== undefined);
};

/** Whether a block can go to a place, counted with the block where it is now, and would then stand elsewhere. */
export function isMove(blocks: readonly Block[], id: string, to: Place): boolean {
  const block = find(blocks, id);
  const from = placeOf(blocks, id);
  if (!block || !from || !fits(block, to.container) || !isThere(blocks, to.container)) return false;
  if (to.container?.columns === id) return false;
  return !sameContainer(from.container, to.container) || (to.index !== from.index && to.index !== from.index + 1);
}

/** The block at `to`, an index counted before the block was taken out of its old place. */
export function move(blocks: readonly Block[], id: string, to: Place): Block[] {
  const block = find(blocks, id);
  const from = placeOf(blocks, id);
  if (!block || !from || !isMove(blocks, id, to)) return [...blocks];
  const isLater = sameContainer(from.container, to.container) && to.index > from.index;
  return insert(remove(blocks, id), block, { ...to, index: isLater ? to.index - 1 : to.index });
}

export const sameContainer = (one: Container, other: Container): boolean =>
  one === other || (one?.columns === other?.columns && one?.column === other?.column && one !== null && other !== null);

/** The place one step up or down. At the edge of a column it is the next column, then outside the columns. */
export function step(blocks: readonly Block[], id: string, by: 1 | -1): Place | null {
  const place = placeOf(blocks, id);
  const block = find(blocks, id);
  if (!place || !block) return null;
  const { container, index } = place;
  const siblings = blocksIn(blocks, container);
  const next = siblings[index + by];
  if (next) {
    const columns = columnsOf(next);
    if (!columns.length || !fits(block, { columns: next.id, column: 0 })) {
      return { container, index: by > 0 ? index + 2 : index - 1 };
    }
    const column = by > 0 ? 0 : columns.length - 1;
    return { container: { columns: next.id, column }, index: by > 0 ? 0 : (columns[column]?.blocks.length ?? 0) };
  }
  return container === null ? null : outOf(blocks, container, by);
}

function outOf(blocks: readonly Block[], container: NonNullable<Container>, by: 1 | -1): Place | null {
  const parent = find(blocks, container.columns);
  const outer = placeOf(blocks, container.columns);
  if (!parent || !outer) return null;
  const column = container.column + by;
  const target = columnsOf(parent)[column];
  if (target) return { container: { ...container, column }, index: by > 0 ? 0 : target.blocks.length };
  return { container: outer.container, index: by > 0 ? outer.index + 1 : outer.index };
}

/** Ids are unique in a document and never reused in a session; they appear in reports of links. */
export function newId(blocks: readonly Block[], taken: ReadonlySet<string> = new Set()): string {
  const used = new Set(taken);
  for (const { block } of walk(blocks)) used.add(block.id);
  for (;;) {
    const id = `b${crypto.randomUUID().replaceAll('-', '').slice(0, 8)}`;
    if (!used.has(id)) return id;
  }
}

/** A copy with new ids all the way down. */
export function copyOf(block: Block, blocks: readonly Block[]): Block {
  const copy: Block = { ...structuredClone(block), id: newId(blocks) };
  if (copy.kind === 'columns') {
    copy.columns = copy.columns.map((column) => ({ ...column, blocks: column.blocks.map((inner) => copyOf(inner, blocks)) }));
  }
  return copy;
}

export function blank(kind: BlockKind, blocks: readonly Block[]): Block {
  const block = { ...structuredClone(kind.defaults), kind: kind.key, id: newId(blocks) } as unknown as Block;
  if (kind.key === 'columns' && !columnsOf(block).length) {
    return { ...block, columns: [{ blocks: [] }, { blocks: [] }] } as ColumnsBlock;
  }
  return block;
}

/** Grows or shrinks a columns block; what stood in a column that goes moves into the last one that stays. */
export function withColumns(block: ColumnsBlock, count: number): ColumnsBlock {
  const kept = block.columns.slice(0, count).map((column) => ({ ...column, blocks: [...column.blocks] }));
  const lost = block.columns.slice(count).flatMap((column) => column.blocks);
  kept.at(-1)?.blocks.push(...lost);
  while (kept.length < count) kept.push({ blocks: [] });
  return { ...block, columns: kept };
}
