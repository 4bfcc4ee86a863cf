/** A way between two steps: its line, its words, how many went it, and the button that puts a step on it. */

import { IconArrowDownCircle, IconPlus } from '@tabler/icons-react';
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import type { ReactNode } from 'react';
import { isRtl, number, t } from '../lib/i18n';
import { usePage, useTold } from './context';
import { moveTo } from './deeds';
import type { Line } from './layout';
import { BEFORE, branchesOf, takesPiece, type Way } from './model';
import { show, useJourney, useView } from './store';
import { wordsOf } from './ways';

type Point = readonly [number, number];

/** Straight pieces with rounded corners. */
export function rounded(points: readonly Point[], radius = 12): string {
  const way = points.filter((point, at) => at === 0 || point[0] !== points[at - 1]?.[0] || point[1] !== points[at - 1]?.[1]);
  let path = `M${way[0]?.join()}`;
  for (let at = 1; at < way.length - 1; at += 1) {
    const [before, corner, after] = [way[at - 1] as Point, way[at] as Point, way[at + 1] as Point];
    const towards = (to: Point): string => {
      const length = Math.hypot(to[0] - corner[0], to[1] - corner[1]) || 1;
      const part = Math.min(radius, length / 2) / length;
      return `${corner[0] + (to[0] - corner[0]) * part},${corner[1] + (to[1] - corner[1]) * part}`;
    };
    path += `L${towards(before)}Q${corner.join()} ${towards(after)}`;
  }
  return `${path}L${way.at(-1)?.join()}`;
}

export function WayLine({ sourceX: x, sourceY: y, targetX, targetY, data }: EdgeProps<Edge<{ line: Line }>>) {
  const line = data?.line;
  const step = useJourney((state) => (line ? state.graph.nodes[line.from] : undefined));
  const told = useTold(line?.from ?? '', step);
  const went = useView((state) => (line ? state.numbers.nodes[line.from]?.ports[line.port] : undefined));
  const { data: page } = usePage();
  if (!line) return null;
  const lane = line.parts ? line.lane : x;
  const [fork, merge] = [y + 24, targetY - 38];
  const path = line.parts
    ? rounded([[x, y], [x, fork], [lane, fork], [lane, merge], [targetX, merge], [targetX, targetY]])
    : rounded([[x, y], [x, line.meets ? merge : targetY], [targetX, line.meets ? merge : targetY], [targetX, targetY]]);
  const plusY = line.parts ? (line.meets ? (fork + merge) / 2 + 18 : targetY - 24) : line.meets ? Math.min(y + 20, (y + merge) / 2) : (y + targetY) / 2;
  const branch = step && /^\d+$/.test(line.port) ? branchesOf(step)[Number(line.port) - 1] : undefined;
  const own = wordsOf(branch, page.words.fields.find(({ key }) => key === step?.field));
  const served = branch?.rule ? told.ways[line.port] : undefined;
  const words = own || served || FALLBACK[line.port]?.() || (branch ? t('Way {number}', { number: line.port }) : told.ways[line.port]) || line.port;
  return (
    <>
      <BaseEdge path={path} className="kj-line" />
      <EdgeLabelRenderer>
        {line.parts && (
          <div
            className={`kj-way nodrag nopan kj-way-${line.port === 'yes' || line.port === 'no' ? line.port : 'other'}`}
            dir={isRtl() ? 'rtl' : 'ltr'}
            style={{ transform: `translate(-50%,-50%) translate(${lane}px,${fork + 6}px)` }}
          >
            <bdi title={words}>{words}</bdi>
            {went ? <span className="num"> {number(went)}</span> : null}
          </div>
        )}
        <Plus way={line} x={lane} y={plusY} label={line.parts ? t('Add a step on the way “{way}”', { way: words }) : t('Add a step after “{step}”', { step: told.title || t('Trigger') })}>
          {!line.parts && went ? (
            <span className="kj-went num" dir={isRtl() ? 'rtl' : 'ltr'}>
              {number(went)}
            </span>
          ) : null}
        </Plus>
        {line.meets && line.last && <Plus way={{ from: BEFORE, port: line.to }} x={targetX} y={targetY - 19} label={t('Add a step where the ways meet')} />}
      </EdgeLabelRenderer>
    </>
  );
}

type PlusProps = { way: Way; x: number; y: number; label: string; children?: ReactNode };

/** The button that puts a step on a way, or what is being moved. */
function Plus({ way, x, y, label, children }: PlusProps) {
  const { kinds } = usePage();
  const moving = useView((state) => state.moving);
  const all = useView((state) => state.movingAll);
  const takes = useJourney((state) => !moving || takesPiece(state.graph, way, moving, kinds, all));
  return (
    <div className="kj-add nodrag nopan" style={{ transform: `translate(-50%,-50%) translate(${x}px,${y}px)` }}>
      {children}
      {!moving && (
        <button type="button" aria-label={label} onClick={() => show({ inserting: { from: way.from, port: way.port } })}>
          <IconPlus size={13} stroke={2.25} aria-hidden="true" />
        </button>
      )}
      {moving && takes && (
        <button type="button" className="kj-drop" aria-label={t('Put it here: {way}', { way: label })} onClick={() => moveTo(way, kinds)}>
          <IconArrowDownCircle size={16} stroke={2} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

const FALLBACK: Readonly<Record<string, () => string>> = {
  yes: () => t('Yes'),
  no: () => t('No'),
  timed_out: () => t('The time is up'),
  otherwise: () => t('Otherwise'),
};
