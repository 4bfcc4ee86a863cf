/** What the server told this page, within reach of every part of the canvas. */

import { createContext, useContext } from 'react';
import type { JourneyData, Step, ToldStep } from './contract';
import type { Kinds } from './model';
import { useView } from './store';

export type Page = { data: JourneyData; kinds: Kinds };
export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('The canvas is used outside its page');
  return page;
}

/** A step in words: as the server told it last, else by its kind. */
export function useTold(key: string, step: Step | undefined): ToldStep {
  const { kinds } = usePage();
  const told = useView((state) => state.told.nodes[key]);
  const label = kinds.get(step?.kind ?? '')?.label ?? step?.kind ?? '';
  return { sentence: told?.sentence ?? '', ways: told?.ways ?? {}, title: step?.name || (told && !step?.name ? label : (told?.title ?? label)) };
}
