/** What the server tells the editor, and what it answers: the one place that knows the JSON between them. */

import type { Body, Draft } from './model';

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
export type Field = { key: string; label: string; type: string; names?: readonly string[] };
export type Person = { id: number; name: string; email: string };
export type Problem = { message: string; path?: string; block?: string; block_id?: string | null; severity?: 'error' | 'warning' };
export type StoredImage = { id: number | string; url: string; width: number; height: number; name: string };
export type ServerDocument = Draft & { id: number; kind: string; revision: number; updated_at?: string; updated_by?: string };
export type Urls = {
  save: string;
  preview: string;
  test: string;
  contacts: string;
  upload: string;
  files: string;
  back: string;
  next?: string | null;
  next_label?: string;
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
  user?: { email?: string; name?: string };
};
export type Saved = { revision: number; problems?: readonly Problem[] };
export type Preview = { subject: string; html: string; text: string; problems?: readonly Problem[] };
export type SaveRequest = { body: Body; subject: string; preheader: string; name: string; revision: number };
