/** One step on the canvas, the start above all, the end, and the leaf of a way that leads back or nowhere. */

import { IconAlertTriangle, IconArrowBackUp, IconHourglass, IconNote, IconUsers } from '@tabler/icons-react';
import { Handle, type NodeProps, type Node as Placed, Position } from '@xyflow/react';
import { memo } from 'react';
import { isRtl, percent, t } from '../lib/i18n';
import { usePage, useTold } from './context';
import type { StepNumbers } from './contract';
import { KindIcon } from './icons';
import type { Place } from './layout';
import { useJourney, useView } from './store';

export type Drawn = Placed<Record<string, unknown> & { place: Place }>;
const direction = () => (isRtl() ? 'rtl' : 'ltr');

const Ends = ({ top = true, bottom = true }: { top?: boolean; bottom?: boolean }) => (
  <>
    {top && <Handle type="target" position={Position.Top} isConnectable={false} />}
    {bottom && <Handle type="source" position={Position.Bottom} isConnectable={false} />}
  </>
);

export const StepCard = memo(({ id, selected }: NodeProps<Drawn>) => {
  const { kinds } = usePage();
  const step = useJourney((state) => state.graph.nodes[id]);
  const told = useTold(id, step);
  const numbers = useView((state) => state.numbers.nodes[id]);
  const problem = useView((state) => state.problems.find((one) => one.node === id && one.level !== 'tip'));
  const kind = kinds.get(step?.kind ?? '');
  if (!step) return null;
  const isEnd = step.kind === 'exit';
  return (
    <div className={`kj-step ${isEnd ? 'kj-end' : ''} ${selected ? 'kj-chosen' : ''}`} dir={direction()}>
      <Ends bottom={!isEnd} />
      <div className="kj-head">
        <KindIcon name={kind?.icon ?? ''} tone={kind?.tone ?? 'slate'} />
        <div className="kj-words">
          <b>
            <bdi>{told.title}</bdi>
          </b>
          {!isEnd && <span title={told.sentence}>{told.sentence || kind?.label}</span>}
        </div>
        {typeof step.note === 'string' && <IconNote size={16} className="kj-noted" role="img" aria-label={t('Note: {note}', { note: step.note })} />}
        {problem && <IconAlertTriangle size={16} className={`kj-warn kj-${problem.level}`} role="img" aria-label={problem.message} />}
      </div>
      {!isEnd && <Figures numbers={numbers} />}
    </div>
  );
});

function Figures({ numbers }: { numbers: StepNumbers | undefined }) {
  const sent = numbers?.messages.sent ?? 0;
  return (
    <div className="kj-figures">
      {sent ? (
        <>
          <span>{t('{count} sent', { count: sent })}</span>
          <span>{t('{share} opened', { share: percent(numbers?.messages.opened ?? 0, sent) })}</span>
          <span>{t('{share} clicked', { share: percent(numbers?.messages.clicked ?? 0, sent) })}</span>
        </>
      ) : (
        <span>
          <IconUsers size={13} aria-hidden="true" /> {t('{count} came', { count: numbers?.entered ?? 0 })}
        </span>
      )}
      {numbers && numbers.waiting > 0 && (
        <span className="kj-now">
          <IconHourglass size={13} aria-hidden="true" /> {t('{count} here', { count: numbers.waiting })}
        </span>
      )}
    </div>
  );
}

export const StartCard = memo(({ selected }: NodeProps<Drawn>) => {
  const told = useView((state) => state.told);
  const started = useView((state) => state.numbers.started);
  const graph = useJourney((state) => state.graph);
  const [first, ...more] = told.triggers;
  return (
    <div className={`kj-step ${selected ? 'kj-chosen' : ''}`} dir={direction()}>
      <Ends top={false} />
      <div className="kj-head">
        <KindIcon name="bolt" tone="teal" />
        <div className="kj-words">
          <b title={first}>{graph.triggers.length ? (first ?? t('Trigger')) : t('What starts the journey?')}</b>
          <span>{more.length ? t('and {count} more triggers', { count: more.length }) : told.reentry}</span>
        </div>
      </div>
      <div className="kj-figures">
        <span>
          <IconUsers size={13} aria-hidden="true" /> {t('{count} came', { count: started })}
        </span>
      </div>
    </div>
  );
});

export const Leaf = memo(({ data }: NodeProps<Drawn>) => {
  const goesTo = data.place.goesTo ?? null;
  const step = useJourney((state) => (goesTo ? state.graph.nodes[goesTo] : undefined));
  const told = useTold(goesTo ?? '', step);
  return (
    <div className="kj-leaf" dir={direction()}>
      <Ends bottom={false} />
      {goesTo && <IconArrowBackUp size={14} className="flip" aria-hidden="true" />}
      <bdi>{goesTo ? t('to “{step}”', { step: told.title }) : t('leaves the journey')}</bdi>
    </div>
  );
});
