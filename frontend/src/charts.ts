/** Fetches the chart library only once a chart comes near the screen: the page is there before it. */
const watcher = new IntersectionObserver(
  async (seen) => {
    const near = seen
      .filter(({ isIntersecting }) => isIntersecting)
      .map(({ target }) => target as HTMLElement);
    if (!near.length) return;
    for (const place of near) watcher.unobserve(place);
    const { start } = await import('./charts/lines');
    near.forEach(start);
  },
  { rootMargin: '200px' },
);

for (const place of document.querySelectorAll('[data-chart]')) watcher.observe(place);
