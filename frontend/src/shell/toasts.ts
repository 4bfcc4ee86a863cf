/** Toasts: shown on arrival (a page's own), on the `toast` event (HX-Trigger), and by islands through `toast()`. */
import { post } from '../lib/api';
import { words } from './words';

export type Toast = { text: string; undo?: string; kind?: 'good' | 'bad' };

const SECONDS = 8;
const OUTLINES = {
  good: 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0M9 12l2 2l4 -4',
  bad: 'M3 12a9 9 0 1 0 18 0a9 9 0 0 0 -18 0M12 8v4M12 16h.01',
};

export function toast({ text, undo, kind = 'good' }: Toast): void {
  const shown = document.createElement('div');
  shown.className = `k-toast k-toast-${kind}`;
  shown.append(outline(kind), sentence(text));
  if (undo) shown.append(undoButton(undo, shown));
  document.getElementById('toasts')?.append(shown);
  removeLater(shown);
}

export function startToasts(): void {
  const waiting = document.getElementById('page-toasts')?.textContent;
  for (const each of JSON.parse(waiting || '[]') as Toast[]) toast(each);
  document.addEventListener('toast', (event) => {
    const { toasts } = (event as CustomEvent<{ toasts?: Toast[] }>).detail;
    for (const each of toasts ?? []) toast(each);
  });
  document.addEventListener('htmx:error', () => toast({ text: words('failed'), kind: 'bad' }));
}

/** Eight seconds, standing still while the pointer or the focus is on it. */
function removeLater(shown: HTMLElement): void {
  let timer = setTimeout(() => shown.remove(), SECONDS * 1000);
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(() => shown.remove(), (SECONDS * 1000) / 2);
  };
  shown.addEventListener('pointerenter', hold);
  shown.addEventListener('focusin', hold);
  shown.addEventListener('pointerleave', release);
  shown.addEventListener('focusout', release);
}

function undoButton(url: string, shown: HTMLElement): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'k-link-button';
  button.textContent = words('undo');
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await post(url);
      location.reload();
    } catch {
      shown.remove();
      toast({ text: words('failed'), kind: 'bad' });
    }
  });
  return button;
}

function sentence(text: string): HTMLElement {
  const span = document.createElement('span');
  span.dir = 'auto';
  span.textContent = text;
  return span;
}

function outline(kind: 'good' | 'bad'): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({ viewBox: '0 0 24 24', width: '18', height: '18', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.75', class: 'icon', 'aria-hidden': 'true' })) {
    svg.setAttribute(name, value);
  }
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', OUTLINES[kind]);
  svg.append(path);
  return svg;
}
