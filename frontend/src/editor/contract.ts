/** What the server tells the editor, and what it answers: the one place that knows the JSON between them. */

import type { Rule } from '../rulebuilder/contract';
import type { Body, Draft } from './model';
import type { TextUrls } from './sms-contract';
import type { SmartWords } from './smart';

export type SettingType =
  | 'text'
  | 'rich'
  | 'url'
  | 'image'
  | 'color'
  | 'number'
  | 'range'
  | 'choice'
  | 'toggle'
  | 'align'
  | 'items';
export type Choice = { key: string; label: string };
export type Setting = {
  key: string;
  label: string;
  type: SettingType;
  choices?: readonly Choice[];
  min?: number;
  max?: number;
  default?: unknown;
  group?: string;
  hint?: string;
  of?: readonly Setting[];
};
export type BlockKind = {
  key: string;
  label: string;
  icon: string;
  group: string;
  nests: boolean;
  schema: readonly Setting[];
  defaults: Record<string, unknown>;
};
/** A way to write a value, `[[birthday:long]]`; `takes` "currency" lets one follow, `[[total:money USD]]`. */
export type TagFormat = { key: string; label: string; example: string; takes?: string };
export type Field = { key: string; label: string; type: string; names?: readonly string[]; formats?: readonly TagFormat[] };
export type Person = { id: number; name: string; email: string };
/** `data` by `code`: src/kesher/web/content/editor.py. */
export type ProblemData = {
  rule?: Rule;
  otherwise?: Rule;
  after?: string;
  count?: number;
  total?: number;
  contact?: Person | null;
  suggestion?: string;
  [key: string]: unknown;
};
export type Problem = {
  message: string;
  path?: string;
  block?: string;
  block_id?: string | null;
  severity?: 'error' | 'warning' | 'hint';
  code?: string;
  data?: ProblemData;
};
export type StoredImage = { id: number | string; url: string; width: number; height: number; name: string };
export type ServerDocument = Draft & { id: number; kind: string; revision: number; updated_at?: string; updated_by?: string };
export type Urls = {
  save: string;
  preview: string;
  coverage?: string;
  counts?: string;
  rules?: { vocabulary: string; look: string; ask: string };
  test: string;
  contacts: string;
  upload: string;
  files: string;
  back: string;
  next?: string | null;
  next_label?: string;
  /** Where the editor of texts asks; null for a mail. */
  text?: TextUrls | null;
};
export type EditorData = {
  document: ServerDocument;
  workspace: { name: string; [key: string]: unknown };
  blocks: readonly BlockKind[];
  theme?: readonly Setting[];
  fields: readonly Field[];
  urls: Urls;
  language: string;
  problems?: readonly Problem[];
  smart?: SmartWords;
  user?: { email?: string; name?: string };
  /** Opened over another page, which says how to go back to it. */
  leave?: { label: string; go(): void };
};
export type Saved = { revision: number; problems?: readonly Problem[] };
export type TargetShown = { block: string; holds: boolean; visible: boolean; sentence: string };
export type Preview = {
  subject: string;
  html: string;
  text: string;
  problems?: readonly Problem[];
  hidden?: readonly string[];
  targeting?: readonly TargetShown[];
  not_sent?: { reason: string; message: string } | null;
};
/** How many of the audience see each targeted block; `nothing` are those for whom nothing would be left. */
export type Counts = {
  total: number;
  about: boolean;
  blocks: Readonly<Record<string, number>>;
  nothing: { count: number; contact: Person | null } | null;
};
export type Combination = { shown: readonly string[]; hidden: readonly string[]; count: number; share: number; contact: Person | null };
export type Coverage = Counts & {
  combinations: readonly Combination[];
  others: { combinations: number; count: number } | null;
  problems: readonly Problem[];
};
export type SaveRequest = { body: Body; subject: string; preheader: string; name: string; revision: number };
