/** The mail as it will look, block by block, with what is needed to add, move and edit in place. */

import { IconArrowDown, IconArrowUp, IconCopy, IconGripVertical, IconPlus, IconTrash } from '@tabler/icons-react';
import { DropdownMenu } from 'radix-ui';
import { Fragment, type KeyboardEvent, memo, type CSSProperties } from 'react';
import { isModified, isRtl, t } from '../lib/i18n';
import { BlockView, themed } from './blocks';
import { addAndFocus, announce, focusBlock, useData, useKind } from './context';
import { containerKey, sayPlace, useDragBlock, useDrop, useIsTarget } from './dnd';
import { IconButton, KindIcon } from './icons';
import { type Block, type ColumnsBlock, type Container, fits, type Place, placeOf, ruleOf, walk } from './model';
import { blocksNow, deleteBlock, duplicateBlock, select, stepBlock, useEditor } from './store';
import { EnvelopeLines } from './envelope';
import { GhostNote, TargetBadge, TargetButton } from './target';
import { useTargeting } from './targets';
import { useView } from './view';

const FONTS: Readonly<Record<string, string>> = {
  sans: "Arial, 'Helvetica Neue', sans-serif",
  serif: "Georgia, 'David Libre', David, serif",
};

export function Canvas() {
  const body = useEditor((state) => state.draft.body);
  const device = useView((state) => state.device);
  const { theme } = body;
  const style = {
    '--mail-color': String(themed(theme, 'color')),
    '--mail-surface': String(themed(theme, 'surface')),
    '--mail-text': String(themed(theme, 'text')),
    '--mail-background': String(themed(theme, 'background')),
    fontFamily: FONTS[String(themed(theme, 'font'))] ?? FONTS.sans,
  } as CSSProperties;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: clicking beside the mail only clears the selection; Escape does too
    <div className="ke-stage" data-stage onMouseDown={(event) => event.target === event.currentTarget && select(null)}>
      <EnvelopeLines />
      <div className={`ke-paper ke-${device}`} style={style}>
        <div className={`ke-mail ke-${device}`} dir={body.direction} lang={body.language}>
          {body.blocks.length ? <Blocks blocks={body.blocks} container={null} /> : <EmptyMail />}
        </div>
      </div>
    </div>
  );
}

function Blocks({ blocks, container }: { blocks: readonly Block[]; container: Container }) {
  return (
    <div className="ke-blocks" data-container={containerKey(container)}>
      {blocks.map((block, index) => (
        <Fragment key={block.id}>
          <Gap container={container} index={index} />
          <Frame block={block} />
        </Fragment>
      ))}
      <Gap container={container} index={blocks.length} last />
    </div>
  );
}

function EmptyMail() {
  const { blocks: kinds } = useData();
  const isTarget = useDrop(({ place }) => place !== null);
  return (
    <div className={`ke-empty ${isTarget ? 'ke-over' : ''}`} data-container="" dir={isRtl() ? 'rtl' : 'ltr'}>
      <h2>{t('What do you want to tell them?')}</h2>
      <p>{t('A good mail is a heading, a few lines and one button. Add a first block, or drag one here.')}</p>
      <div>
        {kinds.slice(0, 4).map((kind) => (
          <button type="button" className="btn" key={kind.key} onClick={() => addAndFocus(kind)}>
            <KindIcon name={kind.icon} size={18} /> {kind.label}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Between two blocks: a line while something is held above, and a plus to add a block here. */
function Gap({ container, index, last = false }: Place & { last?: boolean }) {
  const isTarget = useIsTarget({ container, index });
  const isDragging = useDrop(({ dragged }) => dragged !== null);
  const isHollow = last && index === 0;
  return (
    <div className={`ke-gap ${isTarget ? 'ke-over' : ''} ${isHollow ? 'ke-hollow-column' : ''} ${last ? 'ke-last' : ''}`}>
      {isHollow && <span>{t('Drag a block here')}</span>}
      {!isDragging && <AddMenu place={{ container, index }} />}
    </div>
  );
}

export function AddMenu({ place }: { place: Place }) {
  const { blocks: kinds } = useData();
  return (
    <DropdownMenu.Root dir={isRtl() ? 'rtl' : 'ltr'} modal={false}>
      <DropdownMenu.Trigger className="ke-plus" aria-label={t('Add a block here')} title={t('Add a block here')}>
        <IconPlus size={15} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="ke-menu" sideOffset={6} collisionPadding={12} onCloseAutoFocus={(event) => event.preventDefault()}>
          {kinds
            .filter((kind) => fits({ kind: kind.key }, place.container))
            .map((kind) => (
              <DropdownMenu.Item key={kind.key} className="ke-menu-item" onSelect={() => addAndFocus(kind, place)}>
                <KindIcon name={kind.icon} size={18} /> {kind.label}
              </DropdownMenu.Item>
            ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const Frame = memo(function Frame({ block }: { block: Block }) {
  const active = useEditor((state) => state.selected === block.id);
  const kind = useKind(block.kind);
  const { ref, handleRef, isDragging } = useDragBlock(block.id);
  const flagged = useView((state) => state.flagged.has(block.id));
  const label = kind?.label ?? block.kind;
  const hidden = useTargeting((state) => state.hidden.has(block.id));
  const targeted = ruleOf(block) !== null;
  const style = { background: block.background || undefined, paddingBlock: block.space } as CSSProperties;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be focused and styled as a row of a mail
    <div
      ref={ref}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: blocks are selected, moved and deleted from the keyboard
      tabIndex={0}
      aria-label={t('Block: {name}', { name: label })}
      aria-current={active || undefined}
      data-block={block.id}
      data-kind={block.kind}
      className={`ke-frame ${active ? 'ke-active' : ''} ${isDragging ? 'ke-dragging' : ''} ${flagged ? 'ke-flagged' : ''} ${targeted ? 'ke-targeted' : ''} ${hidden ? 'ke-ghost' : ''}`}
      style={style}
      onMouseDown={(event) => {
        event.stopPropagation();
        select(block.id);
      }}
      onFocus={(event) => {
        event.stopPropagation();
        select(block.id);
      }}
      onKeyDown={(event) => onFrameKey(event, block.id, label)}
    >
      {block.kind === 'columns' ? <ColumnsView block={block} /> : <BlockView block={block} active={active} />}
      {targeted && <TargetBadge id={block.id} />}
      {hidden && <GhostNote />}
      {active && <Tools id={block.id} label={label} handleRef={handleRef} />}
    </div>
  );
});

const SHARES: Readonly<Record<string, readonly number[]>> = { narrow_wide: [1, 2], wide_narrow: [2, 1] };
const VALIGN: Readonly<Record<string, string>> = { top: 'start', middle: 'center', bottom: 'end' };

function ColumnsView({ block }: { block: ColumnsBlock }) {
  const shares = block.columns.length === 2 ? (SHARES[block.ratio ?? ''] ?? [1, 1]) : block.columns.map(() => 1);
  const style = {
    '--ke-columns': shares.map((share) => `minmax(0, ${share}fr)`).join(' '),
    alignItems: VALIGN[block.valign ?? 'top'],
  } as CSSProperties;
  return (
    <div className="ke-columns" style={style}>
      {block.columns.map((column, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <Blocks key={index} blocks={column.blocks} container={{ columns: block.id, column: index }} />
      ))}
    </div>
  );
}

type ToolsProps = { id: string; label: string; handleRef: (element: Element | null) => void };

function Tools({ id, label, handleRef }: ToolsProps) {
  const nested = useEditor((state) => placeOf(state.draft.body.blocks, id)?.container !== null);
  return (
    <div className={`ke-float ke-float-block ${nested ? 'ke-nested' : ''}`} dir={isRtl() ? 'rtl' : 'ltr'}>
      <div className="ke-toolbar ke-block-tools" role="toolbar" aria-label={t('Actions of the block: {name}', { name: label })}>
        <IconButton
          ref={handleRef}
          className="ke-grip"
          label={t('Drag, or move with the arrow keys')}
          onKeyDown={(event) => {
            const by = event.code === 'ArrowUp' ? -1 : event.code === 'ArrowDown' ? 1 : 0;
            if (!by) return;
            event.preventDefault();
            stepAndSay(id, by, label);
          }}
        >
          <IconGripVertical size={16} />
        </IconButton>
        <BlockActions id={id} label={label} />
      </div>
    </div>
  );
}

/** Up, down, duplicate, delete: beside the block, and at the foot of a phone. */
export function BlockActions({ id, label }: { id: string; label: string }) {
  return (
    <>
      <TargetButton id={id} />
      <IconButton label={t('Move up')} onClick={() => stepAndSay(id, -1, label)}>
        <IconArrowUp size={16} />
      </IconButton>
      <IconButton label={t('Move down')} onClick={() => stepAndSay(id, 1, label)}>
        <IconArrowDown size={16} />
      </IconButton>
      <IconButton label={t('Duplicate')} onClick={() => focusBlock(duplicateBlock(id))}>
        <IconCopy size={16} />
      </IconButton>
      <IconButton label={t('Delete')} onClick={() => deleteAndSay(id, label)}>
        <IconTrash size={16} />
      </IconButton>
    </>
  );
}

export function stepAndSay(id: string, by: 1 | -1, label: string): void {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.getAttribute('aria-label') : null;
  if (!stepBlock(id, by)) {
    announce(t('{block} is already at the edge', { block: label }));
    return;
  }
  announce(sayPlace(id, label));
  // A block that changes its container is drawn anew: the focus goes back to the button that moved it.
  requestAnimationFrame(() => {
    const frame = document.querySelector<HTMLElement>(`[data-block="${CSS.escape(id)}"]`);
    const again = focused && frame?.querySelector<HTMLElement>(`:scope > .ke-float [aria-label="${CSS.escape(focused)}"]`);
    if (!document.querySelector('.ke-footbar:focus-within')) (again || frame)?.focus({ preventScroll: true });
    frame?.scrollIntoView({ block: 'nearest' });
  });
}

export function deleteAndSay(id: string, label: string): void {
  focusBlock(deleteBlock(id));
  announce(t('{block} was deleted. Undo with Ctrl+Z.', { block: label }));
}

function onFrameKey(event: KeyboardEvent<HTMLElement>, id: string, label: string): void {
  const isFrame = event.target === event.currentTarget;
  const arrow = event.code === 'ArrowUp' ? -1 : event.code === 'ArrowDown' ? 1 : 0;
  if (event.code === 'Escape') stepOut(event, isFrame, id);
  else if (arrow && event.altKey) stepAndSay(id, arrow, label);
  else if (!isFrame) return;
  else if (arrow) focusBlock(neighbour(id, arrow));
  else if (event.code === 'Enter') event.currentTarget.querySelector<HTMLElement>('[contenteditable=true], button')?.focus();
  else if (event.code === 'Delete' || event.code === 'Backspace') deleteAndSay(id, label);
  else if (isModified(event, 'KeyD')) focusBlock(duplicateBlock(id));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** From the text to its block, from a block in a column to the columns, from there to nothing. */
function stepOut(event: KeyboardEvent<HTMLElement>, isFrame: boolean, id: string): void {
  const container = placeOf(blocksNow(), id)?.container ?? null;
  if (!isFrame) event.currentTarget.focus();
  else if (container) focusBlock(container.columns);
  else {
    event.currentTarget.blur();
    select(null);
  }
}

function neighbour(id: string, by: 1 | -1): string | null {
  const ids = [...walk(blocksNow())].map(({ block }) => block.id);
  return ids[ids.indexOf(id) + by] ?? null;
}

