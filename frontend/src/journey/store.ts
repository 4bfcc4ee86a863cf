/** The graph being drawn, what is selected, its past and future; and what is shown around it. */

import { temporal } from 'zundo';
import { create, useStore } from 'zustand';
import type { Conflict, Graph, Numbers, Problem, Step, Told } from './contract';
import { patchStep, type Way } from './model';

type State = { graph: Graph; selected: string | null };
const PAUSE_MS = 900;
/** What begins so is one step of undo however long it takes: a message written in its editor. */
export const SESSION = 'session:';
let typing: { what: string; at: number } | null = null;
let incoming: string | null = null;
const EMPTY: Graph = { format: 1, name: '', triggers: [], start: '', nodes: {} };

export const useJourney = create<State>()(
  temporal((): State => ({ graph: EMPTY, selected: null }), {
    partialize: ({ graph }): Pick<State, 'graph'> => ({ graph }),
    equality: (one, other) => one.graph === other.graph,
    limit: 200,
    // Typing is one step of undo as long as it goes on in the same place without a pause.
    handleSet: (keep) => (...change) => {
      const now = Date.now();
      const isOne = incoming?.startsWith(SESSION) || (typing !== null && now - typing.at < PAUSE_MS);
      const goesOn = incoming !== null && typing?.what === incoming && isOne;
      typing = incoming === null ? null : { what: incoming, at: now };
      if (!goesOn) (keep as (...all: unknown[]) => void)(...change);
    },
  }),
);

export const graphNow = (): Graph => useJourney.getState().graph;
export const useHistory = <Answer>(read: (history: { past: number; future: number }) => Answer): Answer =>
  useStore(useJourney.temporal, (state) => read({ past: state.pastStates.length, future: state.futureStates.length }));

/** `what` names the setting being typed into; null makes a step of its own. */
export function change(next: (graph: Graph) => Graph, what: string | null = null, selected?: string | null): void {
  incoming = what;
  useJourney.setState((state) => ({ graph: next(state.graph), ...(selected === undefined ? {} : { selected }) }));
  incoming = null;
}

export const patch = (key: string, part: Partial<Step>): void =>
  change((graph) => patchStep(graph, key, part), `${key}.${Object.keys(part).join()}`);
export const patchGraph = (part: Partial<Graph>): void => change((graph) => ({ ...graph, ...part }), Object.keys(part).join());

export function load(graph: Graph): void {
  useJourney.setState({ graph, selected: null });
  useJourney.temporal.getState().clear();
  typing = null;
}

export const select = (selected: string | null): void => useJourney.setState({ selected });

function travel(go: () => void): void {
  typing = null;
  go();
  useJourney.setState(({ graph, selected }) => ({ selected: selected && (selected.startsWith('~') || graph.nodes[selected]) ? selected : null }));
}
export const undo = (): void => travel(() => useJourney.temporal.getState().undo());
export const redo = (): void => travel(() => useJourney.temporal.getState().redo());

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'offline' | 'refused' | 'conflict';
type View = {
  save: SaveState;
  problems: readonly Problem[];
  told: Told;
  numbers: Numbers;
  isPublished: boolean;
  conflict: Conflict | null;
  /** The way whose menu of steps is open. */
  inserting: Way | null;
  /** The step whose removal asks which way to keep. */
  removing: string | null;
  /** The step that is being taken to another way. */
  moving: string | null;
  /** With all that follows it, not only its own ways. */
  movingAll: boolean;
  /** The step whose message is open in its editor. */
  writing: string | null;
  /** What was just put in: its first setting takes the focus. */
  begun: string | null;
  /** The note that is being written. */
  noting: string | null;
  /** Where those of a rehearsal are listed, while its numbers are shown. */
  people: string | null;
  searching: boolean;
  inspecting: boolean;
  said: string;
};

export const useView = create<View>(() => ({
  save: 'saved',
  problems: [],
  told: { nodes: {}, triggers: [], reentry: '', exit_if: '', goal: '' },
  numbers: { started: 0, active: 0, goal: 0, nodes: {} },
  isPublished: false,
  conflict: null,
  inserting: null,
  removing: null,
  moving: null,
  movingAll: false,
  writing: null,
  begun: null,
  noting: null,
  people: null,
  searching: false,
  inspecting: true,
  said: '',
}));
export const show = (part: Partial<View>): void => useView.setState(part);
