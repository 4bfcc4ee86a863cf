/** The rule being made, with its past and future: one store for each builder on the page. */

import { createContext, useContext } from 'react';
import { temporal } from 'zundo';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import * as changes from './changes';
import type { Json, Problem, Rule, Vocabulary } from './contract';
import { fromRule, type Group, jsonOf, type Node, nodeOf } from './tree';

type State = { root: Group };

/** Typing in one place is one step of undo until it pauses this long. */
const PAUSE_MS = 900;

export function makeStore(rule: Rule | null) {
  let typing: { what: string; at: number } | null = null;
  let incoming: string | null = null;
  const store = createStore<State>()(
    temporal((): State => ({ root: fromRule(rule ?? undefined) }), {
      equality: (one, other) => one.root === other.root,
      limit: 100,
      handleSet: (keep) => (...change) => {
        const now = Date.now();
        const goesOn = incoming !== null && typing?.what === incoming && now - typing.at < PAUSE_MS;
        typing = incoming === null ? null : { what: incoming, at: now };
        if (!goesOn) (keep as (...all: unknown[]) => void)(...change);
      },
    }),
  );
  const change = (next: (root: Group) => Group, what: string | null = null) => {
    incoming = what;
    store.setState(({ root }) => ({ root: next(root) }));
    incoming = null;
  };
  return {
    store,
    change,
    /** Take over a rule from outside; nothing before it can come back. */
    load(from: Rule | null) {
      store.setState({ root: fromRule(from ?? undefined) });
      store.temporal.getState().clear();
    },
    setValue: (id: string, json: Json, what?: string) => change((root) => changes.setValue(root, id, json), what ? `${id}.${what}` : null),
    undo() {
      typing = null;
      store.temporal.getState().undo();
    },
    redo() {
      typing = null;
      store.temporal.getState().redo();
    },
  };
}

export type Store = ReturnType<typeof makeStore>;
type Context = {
  store: Store;
  words: Vocabulary;
  problems: ReadonlyMap<string, readonly Problem[]>;
  announce(text: string): void;
};

export const BuilderContext = createContext<Context | null>(null);

export function useBuilder(): Context {
  const context = useContext(BuilderContext);
  if (!context) throw new Error('A part of the rule builder stands outside of it');
  return context;
}

export const useRoot = (store: Store): Group => useStore(store.store, (state) => state.root);

export const useTravel = (store: Store): { past: boolean; future: boolean } => {
  const past = useStore(store.store.temporal, (state) => state.pastStates.length > 0);
  const future = useStore(store.store.temporal, (state) => state.futureStates.length > 0);
  return { past, future };
};

/** What was copied last on this page; the system's clipboard carries it to other pages. */
let copied: Json | null = null;

export async function copyNode(node: Node): Promise<void> {
  copied = jsonOf(node);
  await navigator.clipboard?.writeText(JSON.stringify(copied)).catch(() => undefined);
}

export const lastCopied = (): Node | null => (copied === null ? null : nodeOf(copied));

/** A condition in pasted text, or null: people paste all kinds of things. */
export function pasted(text: string): Node | null {
  try {
    const json = JSON.parse(text) as Json;
    const node = typeof json === 'object' && json !== null && !Array.isArray(json) ? nodeOf(json) : null;
    return node && 'field' in node && node.field === 'unknown' ? null : node;
  } catch {
    return null;
  }
}
