/** The kinds of blocks: a click adds one after the selected block, dragging puts it anywhere. */

import { t } from '../lib/i18n';
import { addAndFocus, announce, useData } from './context';
import type { BlockKind } from './contract';
import { useDragKind } from './dnd';
import { KindIcon } from './icons';
import { show } from './view';

export function Palette() {
  const { blocks: kinds } = useData();
  return (
    <section aria-label={t('Add a block')}>
      <h2 className="ke-side-title">{t('Add a block')}</h2>
      <div className="ke-palette">
        {kinds.map((kind) => (
          <PaletteButton key={kind.key} kind={kind} />
        ))}
      </div>
    </section>
  );
}

function PaletteButton({ kind }: { kind: BlockKind }) {
  const { ref } = useDragKind(kind.key);
  return (
    <button
      ref={ref}
      type="button"
      onClick={() => {
        addAndFocus(kind);
        announce(t('{block} was added', { block: kind.label }));
        show({ sheet: null });
      }}
    >
      <KindIcon name={kind.icon} />
      {kind.label}
    </button>
  );
}
