/** The JSON between the builder and the server: a rule (docs/reference/rules.md), what it may say, what it means. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Rule = { [key: string]: Json };

export type Operator = { op: string; label: string; negation: string; editor: string };
export type Choice = { key: string; label: string };
export type Field = {
  key: string;
  label: string;
  type: string;
  archived?: boolean;
  most?: number | null;
  decimals?: number | null;
  names?: readonly string[];
  choices: readonly Choice[];
  operators: readonly Operator[];
};
export type ListWord = { key: string; id: number; label: string; is_all: boolean };
export type Kind = { key: string; label: string; is_open: boolean; data: readonly Field[] };
export type Vocabulary = {
  fields: readonly Field[];
  lists: readonly ListWord[];
  segments: readonly Choice[];
  messages: readonly Choice[];
  channels: readonly Choice[];
  kinds: readonly Kind[];
  /** Operators of entries that nobody declared, by type. */
  types: Readonly<Record<string, readonly Operator[]>>;
  today: string;
};

export type Problem = { code: string; path: string; message: string; suggestion?: string | null; severity: 'error' | 'warning' };
export type Example = { id: number; name: string; email: string; url: string };
export type Look = {
  sentence: string;
  problems: readonly Problem[];
  count: number | null;
  about: boolean;
  examples: readonly Example[];
  /** Said instead of a number, where there is nothing to count. */
  reach?: string;
};
export type Urls = { look: string; vocabulary?: string; ask?: string };
