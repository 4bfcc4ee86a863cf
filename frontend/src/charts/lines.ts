/** Lines over time. The page gives {labels, series} in a script, the labels in its workspace's time; the container is ltr (time is not mirrored); in Hebrew the
 * axis of values stands on the right and labels are isolated, since SVG text has an ltr base. */
import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { pageData } from '../lib/api';
import { isRtl, number } from '../lib/i18n';

type Series = { name: string; tone: string; filled?: boolean; values: number[] };
type Lines = { labels: string[]; series: Series[] };
type Hovered = { dataIndex: number; color: string; seriesName: string; value: number };

echarts.use([LineChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, SVGRenderer]);

const isolate = (text: string): string => (isRtl() ? `\u2067${text}\u2069` : text);

/** The value of a token in the theme of now, which charts need as a plain colour. */
function colour(token: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function draw(place: HTMLElement, data: Lines): void {
  const chart = echarts.getInstanceByDom(place) ?? echarts.init(place, undefined, { renderer: 'svg' });
  const rtl = isRtl();
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const text = {
    fontFamily: getComputedStyle(document.body).fontFamily,
    color: colour('ink-2'),
    fontSize: 12,
  };
  const names = data.series.map(({ name }) => name);
  chart.setOption(
    {
      textStyle: text,
      animation: !still,
      animationDuration: 400,
      grid: { top: 34, bottom: 26, left: rtl ? 14 : 52, right: rtl ? 56 : 14 },
      legend: {
        top: 0,
        [rtl ? 'right' : 'left']: 6,
        align: rtl ? 'right' : 'left',
        icon: 'roundRect',
        itemWidth: 10,
        itemHeight: 10,
        itemGap: 18,
        textStyle: text,
        data: rtl ? [...names].reverse() : names,
      },
      tooltip: {
        trigger: 'axis',
        confine: true,
        backgroundColor: colour('surface'),
        borderColor: colour('line'),
        textStyle: { ...text, color: colour('ink') },
        extraCssText: `direction:${rtl ? 'rtl' : 'ltr'};text-align:start;border-radius:10px;box-shadow:var(--shadow-2)`,
        formatter: (hovered: Hovered[]) => tooltip(hovered, data),
      },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: data.labels.map(isolate),
        axisLine: { lineStyle: { color: colour('line-2') } },
        axisTick: { show: false },
        axisLabel: { ...text, hideOverlap: true },
      },
      yAxis: {
        type: 'value',
        position: rtl ? 'right' : 'left',
        splitNumber: 4,
        minInterval: 1,
        splitLine: { lineStyle: { color: colour('line') } },
        axisLabel: { ...text, formatter: number },
      },
      series: data.series.map(({ name, tone, filled, values }) => ({
        name,
        type: 'line',
        data: values,
        smooth: 0.2,
        smoothMonotone: 'x',
        symbol: 'circle',
        symbolSize: 6,
        showSymbol: values.length === 1, // a line of one point would not be seen,
        lineStyle: { width: 2.25, color: colour(tone) },
        itemStyle: { color: colour(tone) },
        ...(filled ? { areaStyle: { color: colour(tone), opacity: 0.08 } } : {}),
      })),
    },
    true,
  );
}

function tooltip(hovered: Hovered[], data: Lines): string {
  const box = document.createElement('div');
  const head = document.createElement('b');
  head.textContent = data.labels[hovered[0]?.dataIndex ?? 0] ?? '';
  box.append(head);
  for (const one of hovered) {
    const row = document.createElement('div');
    row.className = 'k-chart-row';
    const name = document.createElement('span');
    name.textContent = one.seriesName;
    name.style.setProperty('--mark', one.color);
    const value = document.createElement('b');
    value.className = 'num';
    value.textContent = number(one.value);
    row.append(name, value);
    box.append(row);
  }
  return box.outerHTML;
}

export function start(place: HTMLElement): void {
  const data = pageData<Lines>(place.dataset.chart ?? '');
  place.style.direction = 'ltr'; // text-anchor follows the CSS direction: labels would turn over their marks
  draw(place, data);
  addEventListener('themechange', () => draw(place, data));
  new ResizeObserver(() => echarts.getInstanceByDom(place)?.resize()).observe(place);
}
