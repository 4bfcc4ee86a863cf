/** What the editor of texts and the server tell each other (web/content/texts.py). */

import type { Problem } from './contract';
import type { Body } from './model';

export type SmsBlock = {
  id: string;
  kind: 'sms_text';
  text: string;
  join?: 'line' | 'space' | 'paragraph';
  show_if?: unknown;
};
export type Size = { encoding: 'gsm7' | 'ucs2'; characters: number; parts: number; per_part: number; left: number };
export type TargetShown = { block: string; holds: boolean; visible: boolean; sentence: string };
export type Look = {
  text: string;
  parts: readonly string[];
  size: Size;
  problems: readonly Problem[];
  hidden: readonly string[];
  targeting: readonly TargetShown[];
  not_sent: { reason: string; message: string } | null;
  plainer: { body: Body; parts: number; saves: number } | null;
  dear: readonly string[];
  links: readonly { url: string; short: string }[];
};
export type Sizes = {
  contacts: number;
  units: number;
  by_parts: Readonly<Record<string, number>>;
  nothing: number;
  about: boolean;
  longest: { characters: number; contact_id: number | null };
  cost: { amount: string; currency: string } | null;
};
export type TextUrls = {
  look: string;
  sizes: string;
  test: string;
  rules: { look: string; ask: string; vocabulary: string };
};
