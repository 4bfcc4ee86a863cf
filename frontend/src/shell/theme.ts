/** Light, dark, or like the system: painted at once, remembered in this browser and on the person. */
type Choice = 'auto' | 'light' | 'dark';

const root = document.documentElement;
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

export function startTheme(): void {
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-theme-choice]');
    if (button) choose(button.dataset.themeChoice as Choice, button.closest<HTMLElement>('[data-theme-url]')?.dataset.themeUrl);
  });
  prefersDark.addEventListener('change', paint);
  mark();
}

function choose(choice: Choice, url: string | undefined): void {
  root.dataset.theme = choice;
  localStorage.setItem('theme', choice);
  paint();
  mark();
  if (url) void save(url, choice);
}

function save(url: string, theme: Choice): Promise<Response> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
  const headers = { 'x-csrftoken': token, accept: 'application/json' };
  return fetch(url, { method: 'POST', headers, body: new URLSearchParams({ theme }) });
}

function paint(): void {
  const choice = root.dataset.theme;
  const dark = choice === 'auto' ? prefersDark.matches : choice === 'dark';
  root.dataset.bsTheme = dark ? 'dark' : 'light';
  dispatchEvent(new Event('themechange'));
}

function mark(): void {
  for (const button of document.querySelectorAll<HTMLElement>('[data-theme-choice]')) {
    if (button.dataset.themeChoice === root.dataset.theme) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
}
