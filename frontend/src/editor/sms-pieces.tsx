/** The pieces of a text, one under another, each with whom it is for; and the button that adds one. */

import { IconArrowDown, IconArrowUp, IconGripVertical, IconPlus, IconTarget, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { t } from '../lib/i18n';
import { announce, useData } from './context';
import { sayPlace, useDragPiece, useDrop } from './dnd';
import { IconButton } from './icons';
import type { SmsBlock, TargetShown } from './sms-contract';
import { SmsLine } from './sms-line';
import { addBlock, deleteBlock, patchBlock, select, stepBlock, useEditor } from './store';
import { useView } from './view';

const TargetDialog = lazy(() => import('./sms-target'));

export function Pieces({ targeting }: { targeting: readonly TargetShown[] }) {
  const { blocks: kinds } = useData();
  const blocks = useEditor((state) => state.draft.body.blocks) as unknown as readonly SmsBlock[];
  const [targeted, setTargeted] = useState<string | null>(null);
  const kind = kinds.find(({ key }) => key === 'sms_text');
  const open = blocks.find(({ id }) => id === targeted);
  return (
    <div className="ke-pieces" data-container="">
      {blocks.map((block, index) => (
        <Piece
          key={block.id}
          block={block}
          index={index}
          count={blocks.length}
          shown={targeting.find((one) => one.block === block.id)}
          onTarget={() => setTargeted(block.id)}
        />
      ))}
      {kind && (
        <button
          type="button"
          className="ke-add-piece"
          onClick={() => {
            addBlock(kind, { container: null, index: blocks.length });
          }}
        >
          <IconPlus size={18} aria-hidden="true" />
          {t('Add a piece')}
        </button>
      )}
      <Suspense fallback={null}>
        {open && <TargetDialog block={open} onClose={() => setTargeted(null)} />}
      </Suspense>
    </div>
  );
}

type PieceProps = {
  block: SmsBlock;
  index: number;
  count: number;
  shown: TargetShown | undefined;
  onTarget(): void;
};

function Piece({ block, index, count, shown, onTarget }: PieceProps) {
  const flagged = useView((state) => state.flagged.has(block.id));
  const isTargeted = Boolean(block.show_if);
  const name = t('Piece {number}', { number: index + 1 });
  const isHidden = isTargeted && shown !== undefined && !shown.visible;
  const { ref, handleRef, isDragging } = useDragPiece(block.id);
  const over = useDrop(({ place }) => (place?.index === index ? 'ke-over-before' : place?.index === index + 1 && index === count - 1 ? 'ke-over-after' : ''));
  const step = (by: 1 | -1) => {
    const focused = document.activeElement as HTMLElement | null;
    if (!stepBlock(block.id, by)) return;
    announce(sayPlace(block.id, name));
    requestAnimationFrame(() => focused?.focus());
  };
  return (
    <section
      ref={ref}
      className={`ke-piece ${isHidden ? 'ke-piece-off' : ''} ${flagged ? 'ke-piece-flagged' : ''} ${isDragging ? 'ke-dragging' : ''} ${over}`}
      aria-label={name}
      data-block={block.id}
      tabIndex={-1}
    >
      <header>
        {count > 1 && (
          <IconButton
            ref={handleRef}
            className="ke-grip"
            label={t('Drag {name}, or move it with the arrow keys', { name })}
            onKeyDown={(event) => {
              const by = event.code === 'ArrowUp' ? -1 : event.code === 'ArrowDown' ? 1 : 0;
              if (!by) return;
              event.preventDefault();
              step(by);
            }}
          >
            <IconGripVertical size={18} />
          </IconButton>
        )}
        <b>{name}</b>
        {index > 0 && (
          <select
            className="form-select ke-join"
            aria-label={t('How {name} begins', { name })}
            value={block.join ?? 'line'}
            onChange={(event) => patchBlock(block.id, { join: event.target.value })}
          >
            <option value="line">{t('on a new line')}</option>
            <option value="space">{t('on the same line')}</option>
            <option value="paragraph">{t('after an empty line')}</option>
          </select>
        )}
        <span className="ke-piece-tools">
          <IconButton
            label={t('Who gets {name}', { name })}
            className={isTargeted ? 'ke-targeted' : ''}
            onClick={onTarget}
          >
            <IconTarget size={18} />
          </IconButton>
          <IconButton
            label={t('Move {name} up', { name })}
            disabled={index === 0}
            onClick={() => step(-1)}
          >
            <IconArrowUp size={18} />
          </IconButton>
          <IconButton
            label={t('Move {name} down', { name })}
            disabled={index === count - 1}
            onClick={() => step(1)}
          >
            <IconArrowDown size={18} />
          </IconButton>
          <IconButton
            label={t('Delete {name}', { name })}
            disabled={count === 1}
            onClick={() => deleteBlock(block.id)}
          >
            <IconTrash size={18} />
          </IconButton>
        </span>
      </header>
      <SmsLine
        value={block.text}
        label={t('Words of {name}', { name })}
        placeholder={t('Write here. [[ puts in a field.')}
        onChange={(text) => patchBlock(block.id, { text })}
        onFocus={() => select(block.id)}
      />
      {isTargeted && (
        <button type="button" className="ke-piece-rule" onClick={onTarget}>
          <IconTarget size={15} aria-hidden="true" />
          <bdi>{shown?.sentence || t('For some people only')}</bdi>
          {isHidden && <span className="k-status k-status-off">{t('not for this contact')}</span>}
        </button>
      )}
    </section>
  );
}
