/** The page's JSON: the graph as it is stored, the kinds of steps, what the server says of each. */

import type { SmartWords } from '../editor/smart';
import type { Json, Rule } from '../rulebuilder/contract';

export type Step = { kind: string; name?: string; [key: string]: Json | undefined };
export type Trigger = { kind: string; rule?: Rule; [key: string]: Json | undefined };
export type Graph = {
  format: number;
  name: string;
  triggers: Trigger[];
  start: string;
  nodes: Record<string, Step>;
  reentry?: { policy: string; by?: string; after?: string } | null;
  exit_if?: Rule | null;
  goal?: Rule | null;
  holdout?: number;
  notes?: Note[];
  [key: string]: unknown;
};
/** A note on the canvas, beside a step (`by`; else the start): `x` from the step's middle towards where reading goes, `y` from its top. */
export type Note = { id: string; text: string; by?: string; x: number; y: number; width?: number; height?: number; color?: string };
export type Branch = { label?: string; share?: number; rule?: Rule; values?: Json[]; between?: Json[]; to?: string | null };

export type Choice = { key: string; label: string };
export type Setting = {
  key: string;
  label: string;
  type: string;
  required: boolean;
  choices: readonly Choice[];
  help: string;
  fields: readonly string[];
  default?: Json;
  /** Of those with the same word one is set. */
  one_of: string;
  /** Says something only where that setting is given. */
  goes_with: string;
};
export type Kind = {
  kind: string;
  label: string;
  help: string;
  icon: string;
  tone: string;
  group: string;
  settings: readonly Setting[];
  ports: readonly string[];
};
export type TriggerKind = { kind: string; label: string; icon: string; tone: string; settings: readonly Setting[] };
export type Palette = {
  nodes: readonly Kind[];
  triggers: readonly TriggerKind[];
  groups: Readonly<Record<string, string>>;
  policies: Readonly<Record<string, string>>;
  weekdays: Readonly<Record<string, string>>;
};
export type Problem = { code: string; path: string; node: string | null; level: 'error' | 'warning' | 'tip'; message: string };
export type ToldStep = { title: string; sentence: string; ways: Readonly<Record<string, string>> };
export type Told = { nodes: Readonly<Record<string, ToldStep>>; triggers: readonly string[]; reentry: string; exit_if: string; goal: string };
export type StepNumbers = {
  entered: number;
  waiting: number;
  ports: Readonly<Record<string, number>>;
  messages: Readonly<Record<string, number>>;
};
export type Numbers = { started: number; active: number; goal: number; nodes: Readonly<Record<string, StepNumbers>> };
export type Current = { name: string; graph: Graph; revision: number };
export type Conflict = { current: Current; problems: Problem[]; told: Told };
export type Saved = { revision: number; is_published: boolean; problems: Problem[]; told: Told };
export type FieldWord = Choice & { type: string; choices: readonly Choice[] };
export type Words = {
  acts: SmartWords;
  fields: readonly FieldWord[];
  /** What each kind of event tells. */
  entries: Readonly<Record<string, readonly Choice[]>>;
  segments: readonly Choice[];
  journeys: readonly Choice[];
  staff: readonly string[];
  documents: readonly { id: number; name: string; kind: string }[];
};
export type JourneyData = {
  journey: Current & { id: number; status: string; status_label: string; is_published: boolean };
  problems: Problem[];
  told: Told;
  numbers: Numbers;
  palette: Palette;
  words: Words;
  language: string;
  urls: Readonly<Record<'save' | 'numbers' | 'publish' | 'page' | 'look' | 'vocabulary' | 'people' | 'ask' | 'back' | 'document' | 'bench', string>>;
};
