/** The document being edited, what is selected in it, and its past and future. */

import { temporal } from 'zundo';
import { create, useStore } from 'zustand';
import type { Rule } from '../rulebuilder/contract';
import type { BlockKind } from './contract';
import * as tree from './model';
import type { Block, Body, Draft, Place, Theme } from './model';

type State = {
  draft: Draft;
  selected: string | null;
  /** Bumped when the draft changed from outside the text being typed, so that text editors take it over. */
  epoch: number;
};
type Kept = Pick<State, 'draft'>;

/** Typing is one step of undo as long as it goes on in the same place without a pause this long. */
const PAUSE_MS = 900;
let typing: { what: string; at: number } | null = null;
let incoming: string | null = null;

export const useEditor = create<State>()(
  temporal((): State => ({ draft: emptyDraft(), selected: null, epoch: 0 }), {
    partialize: ({ draft }): Kept => ({ draft }),
    equality: (one, other) => one.draft === other.draft,
    limit: 200,
    handleSet: (keep) => (...change) => {
      const now = Date.now();
      const goesOn = incoming !== null && typing?.what === incoming && now - typing.at < PAUSE_MS;
      typing = incoming === null ? null : { what: incoming, at: now };
      if (!goesOn) (keep as (...all: unknown[]) => void)(...change);
    },
  }),
);

function emptyDraft(): Draft {
  return { name: '', subject: '', preheader: '', body: { format: 1, language: 'he', direction: 'rtl', blocks: [] } };
}

export const useHistory = <Answer>(read: (history: { past: number; future: number }) => Answer): Answer =>
  useStore(useEditor.temporal, (state) => read({ past: state.pastStates.length, future: state.futureStates.length }));

/** Change the draft. `what` names the setting being typed into; null makes a step of its own. */
function change(what: string | null, next: (draft: Draft) => Draft, selected?: string | null): void {
  incoming = what;
  useEditor.setState((state) => ({
    draft: next(state.draft),
    ...(selected === undefined ? {} : { selected }),
  }));
  incoming = null;
}

const changeBlocks = (next: (blocks: readonly Block[]) => Block[], selected?: string | null, what: string | null = null): void =>
  change(what, (draft) => ({ ...draft, body: { ...draft.body, blocks: next(draft.body.blocks) } }), selected);

export const blocksNow = (): readonly Block[] => useEditor.getState().draft.body.blocks;

export function load(draft: Draft): void {
  useEditor.setState({ draft, selected: null, epoch: useEditor.getState().epoch + 1 });
  useEditor.temporal.getState().clear();
  typing = null;
}

/** Take a whole draft over as one step that can be undone. */
export function replaceDraft(draft: Draft): void {
  change(null, () => draft, null);
  useEditor.setState((state) => ({ epoch: state.epoch + 1 }));
}

export const select = (id: string | null): void => {
  if (useEditor.getState().selected !== id) useEditor.setState({ selected: id });
};

export const setText = (key: 'name' | 'subject' | 'preheader', value: string): void =>
  change(key, (draft) => ({ ...draft, [key]: value }));

export const setBody = (part: Partial<Body>): void =>
  change(null, (draft) => ({ ...draft, body: { ...draft.body, ...part } }));

export const setTheme = (part: Theme): void =>
  change(`theme.${Object.keys(part).join()}`, (draft) => ({
    ...draft,
    body: { ...draft.body, theme: { ...draft.body.theme, ...part } },
  }));

export const patchBlock = (id: string, part: Record<string, unknown>): void =>
  changeBlocks((blocks) => tree.patch(blocks, id, part), undefined, `${id}.${Object.keys(part).join()}`);

/** Put a new block at the place, or after the selected one, or last. Answers its id. */
export function addBlock(kind: BlockKind, place?: Place): string {
  const block = tree.blank(kind, blocksNow());
  const at = place ?? placeAfterSelected(block);
  changeBlocks((blocks) => tree.insert(blocks, block, at), block.id);
  return block.id;
}

/** A text block for everybody whom none of the others reaches, after the last of them. Answers its id. */
export function addOtherwise(kind: BlockKind, rule: Rule, after: string | undefined): string {
  const block = { ...tree.blank(kind, blocksNow()), show_if: rule };
  const place = after ? tree.placeOf(blocksNow(), after) : null;
  const at = place ? { ...place, index: place.index + 1 } : { container: null, index: blocksNow().length };
  changeBlocks((blocks) => tree.insert(blocks, block, at), block.id);
  return block.id;
}

export function placeAfterSelected(block: { kind: string }): Place {
  const { selected } = useEditor.getState();
  const place = selected ? tree.placeOf(blocksNow(), selected) : null;
  if (!place) return { container: null, index: blocksNow().length };
  if (tree.fits(block, place.container)) return { ...place, index: place.index + 1 };
  const outer = place.container && tree.placeOf(blocksNow(), place.container.columns);
  return { container: null, index: (outer?.index ?? blocksNow().length - 1) + 1 };
}

export const moveBlock = (id: string, to: Place): void => changeBlocks((blocks) => tree.move(blocks, id, to), id);

/** One step up or down, into and out of columns. Answers false at the document's edge. */
export function stepBlock(id: string, by: 1 | -1): boolean {
  const to = tree.step(blocksNow(), id, by);
  if (to) moveBlock(id, to);
  return to !== null;
}

export function duplicateBlock(id: string): string | null {
  const block = tree.find(blocksNow(), id);
  return block && insertAfter(id, tree.copyOf(block, blocksNow()));
}

/** Put a block that came from the clipboard after the selected one. */
export function pasteBlock(block: Block): string {
  const copy = tree.copyOf(block, blocksNow());
  changeBlocks((blocks) => tree.insert(blocks, copy, placeAfterSelected(copy)), copy.id);
  return copy.id;
}

function insertAfter(id: string, block: Block): string | null {
  const place = tree.placeOf(blocksNow(), id);
  if (!place) return null;
  changeBlocks((blocks) => tree.insert(blocks, block, { ...place, index: place.index + 1 }), block.id);
  return block.id;
}

/** Take the block away and select its neighbour, so that the keyboard stays where it was. */
export function deleteBlock(id: string): string | null {
  const place = tree.placeOf(blocksNow(), id);
  if (!place) return null;
  const siblings = tree.blocksIn(blocksNow(), place.container);
  const neighbour = siblings[place.index + 1]?.id ?? siblings[place.index - 1]?.id ?? null;
  changeBlocks((blocks) => tree.remove(blocks, id), neighbour);
  return neighbour;
}

export const undo = (): void => travel(() => useEditor.temporal.getState().undo());
export const redo = (): void => travel(() => useEditor.temporal.getState().redo());

function travel(go: () => void): void {
  typing = null;
  go();
  useEditor.setState(({ selected, draft, epoch }) => ({
    selected: tree.find(draft.body.blocks, selected) ? selected : null,
    epoch: epoch + 1,
  }));
}
