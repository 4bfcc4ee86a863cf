/** The command palette: a native dialog with the combobox pattern. Commands come with the page, people and
 * campaigns from the server while one types. */
import { get } from '../lib/api';
import { begins, matches } from '../lib/search';
import { words } from './words';

export type Command = { group: string; text: string; href: string; keywords?: string; hint?: string };

const GLASS = '<svg class="icon" width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" aria-hidden="true"><path d="M3 10a7 7 0 1 0 14 0a7 7 0 1 0 -14 0"/><path d="M21 21l-6 -6"/></svg>';
const TYPING_PAUSE = 160;

class Palette {
  private readonly dialog = document.createElement('dialog');
  private readonly input: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private readonly commands = commandsOfPage();
  private found: Command[] = [];
  private shown: Command[] = [];
  private chosen = 0;
  private timer = 0;
  private asking: AbortController | null = null;

  constructor() {
    this.dialog.className = 'k-palette';
    this.dialog.setAttribute('aria-label', words('paletteLabel'));
    this.dialog.innerHTML = `<div class="k-palette-input">${GLASS}<input role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" autocomplete="off" spellcheck="false" dir="auto"><kbd>Esc</kbd></div><ul id="palette-list" role="listbox"></ul><div class="k-palette-foot"><span><kbd>↑</kbd> <kbd>↓</kbd> <i></i></span><span><kbd>Enter</kbd> <i></i></span></div>`;
    this.input = this.dialog.querySelector('input') as HTMLInputElement;
    this.list = this.dialog.querySelector('ul') as HTMLUListElement;
    this.input.placeholder = words('paletteHint');
    this.input.setAttribute('aria-label', words('paletteLabel'));
    this.list.setAttribute('aria-label', words('paletteLabel'));
    const [choose, go] = this.dialog.querySelectorAll('i');
    if (choose && go) [choose.textContent, go.textContent] = [words('paletteChoose'), words('paletteDo')];
    this.listen();
    document.body.append(this.dialog);
  }

  open(): void {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.input.select();
    this.draw();
  }

  private listen(): void {
    this.input.addEventListener('input', () => {
      this.chosen = 0;
      this.draw();
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.ask(), TYPING_PAUSE);
    });
    this.dialog.addEventListener('keydown', (event) => this.onKey(event));
    this.list.addEventListener('click', (event) => {
      const option = (event.target as Element).closest<HTMLElement>('[data-index]');
      if (option) this.go(Number(option.dataset.index));
    });
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  private onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.chosen = (this.chosen + step + this.shown.length) % Math.max(1, this.shown.length);
      this.draw();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.go(this.chosen);
    }
  }

  private go(index: number): void {
    const command = this.shown[index];
    if (!command) return;
    this.dialog.close();
    location.href = command.href;
  }

  private async ask(): Promise<void> {
    const typed = this.input.value.trim();
    const url = words('paletteUrl');
    this.asking?.abort();
    this.found = [];
    if (!url || typed.length < 2) return this.draw();
    this.asking = new AbortController();
    try {
      const answer = await get<{ found: Command[] }>(`${url}?q=${encodeURIComponent(typed)}`, { signal: this.asking.signal });
      this.found = answer.found;
      this.draw();
    } catch {
      // Typed on, or offline: the commands of the page stay.
    }
  }

  private draw(): void {
    const typed = this.input.value;
    const matching = this.commands.filter((command) => matches(namesOf(command), typed));
    const first = (command: Command) => Number(!begins(namesOf(command), typed));
    const own = matching.sort((one, other) => first(one) - first(other));
    this.shown = [...own, ...this.found];
    this.chosen = Math.min(this.chosen, Math.max(0, this.shown.length - 1));
    this.list.replaceChildren(...this.rows());
    this.input.setAttribute('aria-activedescendant', this.shown.length ? `palette-${this.chosen}` : '');
    this.list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  private rows(): HTMLElement[] {
    const rows: HTMLElement[] = [];
    let group = '';
    this.shown.forEach((command, index) => {
      if (command.group !== group) rows.push(heading(command.group));
      group = command.group;
      rows.push(option(command, index, index === this.chosen));
    });
    return rows.length ? rows : [heading(words('paletteNone'))];
  }
}

const namesOf = (command: Command): string => `${command.text} | ${command.keywords ?? ''}`;

function option(command: Command, index: number, chosen: boolean): HTMLElement {
  const row = document.createElement('li');
  row.id = `palette-${index}`;
  row.dataset.index = String(index);
  row.setAttribute('role', 'option');
  row.setAttribute('aria-selected', String(chosen));
  row.append(isolated('bdi', command.text));
  if (command.hint) {
    const hint = document.createElement('small');
    hint.append(isolated('bdi', command.hint));
    row.append(hint);
  }
  return row;
}

function heading(text: string): HTMLElement {
  const row = isolated('li', text);
  row.className = 'k-palette-group';
  row.setAttribute('role', 'presentation');
  return row;
}

function isolated(tag: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function commandsOfPage(): Command[] {
  return JSON.parse(document.getElementById('palette-commands')?.textContent || '[]') as Command[];
}

let palette: Palette | null = null;

export function openPalette(): void {
  if (!document.getElementById('palette-commands')) return;
  palette ??= new Palette();
  palette.open();
}
