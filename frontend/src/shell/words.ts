/** The words and addresses that base.html leaves for the shell in <template id="shell-words">. */
export const words = (name: string): string =>
  document.getElementById('shell-words')?.dataset[name] ?? '';
