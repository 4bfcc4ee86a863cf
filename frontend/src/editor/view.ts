/** What is looked at, as opposed to what is edited: device, contact, open panels, problems, the saving's state. */

import { create } from 'zustand';
import type { Person, Problem, ServerDocument } from './contract';
import type { Draft } from './model';

export type Device = 'desktop' | 'phone';
export type SaveState = 'saved' | 'unsaved' | 'saving' | 'offline' | 'refused' | 'conflict';
export type Sheet = 'palette' | 'inspector' | 'checks' | null;
export type Conflict = { mine: Draft; mineAt: Date; theirs: ServerDocument };

type View = {
  device: Device;
  dark: boolean;
  /** Shown instead of the canvas: the server's rendering, for this contact or for nobody in particular. */
  preview: boolean;
  /** As whom the mail is looked at, on the canvas and in the preview; null for nobody in particular. */
  person: Person | null;
  sheet: Sheet;
  testing: boolean;
  /** The block whose audience is being chosen, and whether all of them are looked at together. */
  targeting: string | null;
  covering: boolean;
  save: SaveState;
  savedAt: Date | null;
  conflict: Conflict | null;
  /** When the draft found in this browser was written, while its banner is shown. */
  recovered: Date | null;
  serverProblems: readonly Problem[];
  flagged: ReadonlySet<string>;
};

export const useView = create<View>(() => ({
  device: 'desktop',
  dark: false,
  preview: false,
  person: null,
  sheet: null,
  testing: false,
  targeting: null,
  covering: false,
  save: 'saved',
  savedAt: null,
  conflict: null,
  recovered: null,
  serverProblems: [],
  flagged: new Set(),
}));

export const show = (part: Partial<View>): void => useView.setState(part);
