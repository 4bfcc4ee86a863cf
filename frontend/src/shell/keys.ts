/** Shortcuts of the whole interface. Letters go by `code`, so that they work on the Hebrew layout. */
import { isModified } from '../lib/i18n';
import { openPalette } from './palette';

export function startKeys(): void {
  addEventListener('keydown', (event) => {
    if (isModified(event, 'KeyK')) {
      event.preventDefault();
      openPalette();
    } else if (!isTyping(event) && !event.ctrlKey && !event.metaKey && !event.altKey && !openDialog()) {
      onSingleKey(event);
    }
    if (event.key === 'Escape') document.body.classList.remove('k-side-open');
  });
  document.addEventListener('click', (event) => {
    const clicked = event.target as Element;
    if (clicked.closest('[data-palette]')) openPalette();
    if (clicked.closest('[data-shortcuts]')) openShortcuts();
  });
}

function onSingleKey(event: KeyboardEvent): void {
  if (event.key === '?') openShortcuts();
  else if (event.code === 'Slash' || event.key === '/') toSearch(event);
  else if (event.code === 'KeyN' && !event.shiftKey) toNew(event);
}

function toSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('main [type="search"]');
  event.preventDefault();
  if (field) field.focus();
  else openPalette();
}

function toNew(event: KeyboardEvent): void {
  const action = document.querySelector<HTMLElement>('[data-new]');
  if (!action) return;
  event.preventDefault();
  action.click();
}

const openShortcuts = (): void => (document.getElementById('shortcuts') as HTMLDialogElement | null)?.showModal();
const openDialog = (): Element | null => document.querySelector('dialog[open]');

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return target.isContentEditable || target.matches?.('input:not([type=checkbox], [type=radio]), textarea, select');
}
