/** Rules in forms of server-rendered pages, also in what htmx brings later. See templates/rules/field.html. */

import type { Root } from 'react-dom/client';

const roots = new Map<HTMLElement, Root>();

async function mount(host: HTMLElement): Promise<void> {
  host.dataset.mounted = '';
  const input = host.querySelector<HTMLInputElement>('input[type=hidden]');
  const place = host.querySelector<HTMLElement>('[data-rule-mount]');
  if (!input || !place) return;
  const { start } = await import('./start');
  if (!host.isConnected) return;
  const { vocabulary = '', look = '', ask = '', label, noun } = host.dataset;
  place.removeAttribute('aria-busy');
  place.replaceChildren();
  roots.set(host, start(place, input, { vocabulary, look, ask }, label, noun === 'block' ? 'block' : 'contact'));
}

/** Only what comes near the screen is loaded and built: a rule in a closed dialog waits for it to open. */
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      void mount(target as HTMLElement);
    }
  },
  { rootMargin: '400px' },
);

function mountAll(): void {
  for (const [host, root] of roots) {
    if (host.isConnected) continue;
    root.unmount();
    roots.delete(host);
  }
  for (const host of document.querySelectorAll('[data-rule-builder]:not([data-mounted])')) near.observe(host);
}

mountAll();
document.addEventListener('htmx:after:swap', mountAll);
