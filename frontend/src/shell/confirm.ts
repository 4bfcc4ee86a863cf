/** `data-confirm="Send to 20 people? A mail that left cannot be called back."`: asked before the button acts.
 *
 * Only for what leaves the building or cannot be undone; everything else acts at once and offers undo.
 */

const agreed = new WeakSet<HTMLElement>();

export function startConfirm(): void {
  document.addEventListener('click', onClick, { capture: true });
}

function onClick(event: MouseEvent): void {
  const button = (event.target as Element).closest<HTMLButtonElement>('[data-confirm]');
  const dialog = document.getElementById('confirm') as HTMLDialogElement | null;
  if (!button || !dialog || agreed.delete(button)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (button.form && !button.form.reportValidity()) return;
  ask(dialog, button);
}

function ask(dialog: HTMLDialogElement, button: HTMLButtonElement): void {
  const [, question = '', rest = ''] = /^(.*?\?)?\s*(.*)$/s.exec(button.dataset.confirm ?? '') ?? [];
  say(dialog, '[data-question]', question || rest);
  say(dialog, '[data-rest]', question ? rest : '');
  say(dialog, '[value=yes]', button.textContent?.trim() ?? '');
  dialog.returnValue = '';
  dialog.addEventListener('close', () => dialog.returnValue === 'yes' && act(button), { once: true });
  dialog.showModal();
}

function say(dialog: HTMLElement, place: string, text: string): void {
  const found = dialog.querySelector(place);
  if (found) found.textContent = text;
}

function act(button: HTMLButtonElement): void {
  agreed.add(button);
  button.click();
}
