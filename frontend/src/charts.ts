/** Fetches the chart library only once a chart comes near the screen: the page is there before it. */
const place = document.getElementById('activity');

if (place) {
  const watcher = new IntersectionObserver(
    async ([seen]) => {
      if (!seen?.isIntersecting) return;
      watcher.disconnect();
      const chart = await import('./charts/activity');
      chart.start(place);
    },
    { rootMargin: '200px' },
  );
  watcher.observe(place);
}
