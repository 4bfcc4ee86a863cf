/** Who sees which block, as the server tells it: asked again whenever a rule, or the person looked at, changes. */

import { useEffect } from 'react';
import { create } from 'zustand';
import { post } from '../lib/api';
import type { Counts, Preview, Urls } from './contract';
import { type Block, type Body, ruleOf, walk } from './model';
import { useEditor } from './store';
import { useView } from './view';

type Targeting = {
  /** Each targeted block's rule in words. */
  sentences: Readonly<Record<string, string>>;
  counts: Counts | null;
  /** Blocks that the person looked at does not get. */
  hidden: ReadonlySet<string>;
  notSent: string | null;
};

const NOTHING: Targeting = { sentences: {}, counts: null, hidden: new Set(), notSent: null };
export const useTargeting = create<Targeting>(() => NOTHING);

const PAUSE_MS = 350;

export const targetedIn = (blocks: readonly Block[]): Block[] =>
  [...walk(blocks)].map(({ block }) => block).filter((block) => ruleOf(block) !== null);

/** What the answers depend on: the rules and which blocks there are, not what is written in them. */
const shapeOf = (body: Body): string => JSON.stringify([...walk(body.blocks)].map(({ block }) => [block.id, block.kind, ruleOf(block)]));

export function useTargetingSync(urls: Urls): void {
  const shape = useEditor((state) => shapeOf(state.draft.body));
  const person = useView((state) => state.person);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when the rules change, not at each letter
  useEffect(() => {
    const { body, subject, preheader } = useEditor.getState().draft;
    if (!targetedIn(body.blocks).length) {
      useTargeting.setState(NOTHING);
      return;
    }
    const stop = new AbortController();
    const { signal } = stop;
    const timer = setTimeout(() => {
      post<Preview>(urls.preview, { body, subject, preheader, contact_id: person?.id ?? null }, { signal })
        .then((shown) =>
          useTargeting.setState({
            sentences: Object.fromEntries((shown.targeting ?? []).map(({ block, sentence }) => [block, sentence])),
            hidden: new Set(person ? shown.hidden : []),
            notSent: (person && shown.not_sent?.message) || null,
          }),
        )
        // A rule that cannot be read is told by the content check; old answers would be wrong.
        .catch(() => signal.aborted || useTargeting.setState({ hidden: new Set(), notSent: null }));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [shape, person, urls.preview]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above; who is looked at changes no count
  useEffect(() => {
    const { body } = useEditor.getState().draft;
    if (!urls.counts || !targetedIn(body.blocks).length) return;
    const stop = new AbortController();
    const { signal } = stop;
    const timer = setTimeout(() => {
      post<Counts>(urls.counts ?? '', { body }, { signal })
        .then((counts) => useTargeting.setState({ counts }))
        .catch(() => signal.aborted || useTargeting.setState({ counts: null }));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [shape, urls.counts]);
}
