/** Small behaviours by attribute: dialogs, the drawer of the phone, the bar of a selection, copying. */

export function startParts(): void {
  document.addEventListener('click', (event) => onClick(event));
  document.addEventListener('change', (event) => onChange(event.target as HTMLInputElement));
  document.querySelector('.k-tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  document.addEventListener('htmx:after:swap', () => {
    for (const form of document.querySelectorAll<HTMLElement>('form:has(.k-selection)')) showSelection(form);
  });
}

function onClick(event: MouseEvent): void {
  const clicked = event.target as HTMLElement;
  if (clicked.closest('[data-side-toggle]')) toggleSide();
  const opener = clicked.closest<HTMLElement>('[data-dialog]');
  if (opener) openDialog(opener.dataset.dialog as string);
  if (clicked.closest('dialog [data-close]') || clicked.matches('dialog.k-dialog')) clicked.closest('dialog')?.close();
  const copy = clicked.closest<HTMLElement>('[data-copy]');
  if (copy) void copyText(copy);
}

function openDialog(id: string): void {
  (document.getElementById(id) as HTMLDialogElement | null)?.showModal();
}

function toggleSide(): void {
  const open = document.body.classList.toggle('k-side-open');
  document.querySelector('[data-side-toggle][aria-expanded]')?.setAttribute('aria-expanded', String(open));
  if (open) document.querySelector<HTMLElement>('.k-side [data-side-toggle]')?.focus();
}

/** `data-copy="text"`: to the clipboard; a tick in the button's place of words for two seconds. */
async function copyText(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset.copy as string);
  button.classList.add('k-copied');
  setTimeout(() => button.classList.remove('k-copied'), 2000);
}

/** In a form with a `.k-selection` bar: `data-all` ticks every `name=ids`, the bar shows how many. */
function onChange(input: HTMLInputElement): void {
  const form = input.closest('form');
  if (!form || !input.matches('[data-all], [name=ids]')) return;
  if (input.matches('[data-all]')) {
    for (const each of form.querySelectorAll<HTMLInputElement>('[name=ids]')) each.checked = input.checked;
  }
  showSelection(form);
}

function showSelection(form: HTMLElement): void {
  const bar = form.querySelector<HTMLElement>('.k-selection');
  if (!bar) return;
  const all = form.querySelectorAll<HTMLInputElement>('[name=ids]').length;
  const count = form.querySelectorAll('[name=ids]:checked').length;
  bar.hidden = count === 0;
  for (const place of bar.querySelectorAll('[data-count]')) place.textContent = String(count);
  const master = form.querySelector<HTMLInputElement>('[data-all]');
  if (!master) return;
  master.checked = count > 0 && count === all;
  master.indeterminate = count > 0 && count < all;
}
