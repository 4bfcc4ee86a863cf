/** The settings of the selected block, or of the whole document, built from their schema. */

import { IconPalette, IconX } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { t } from '../lib/i18n';
import { useData, useKind } from './context';
import type { Setting } from './contract';
import { Control, Segments } from './controls';
import { IconButton, KindIcon } from './icons';
import { type ColumnsBlock, find, setting as settingOf, withColumns } from './model';
import { SmartPanel } from './smart-panel';
import { patchBlock, select, setBody, setTheme, useEditor } from './store';
import { TargetSection } from './target';
import { show } from './view';

export function Inspector() {
  const block = useEditor((state) => find(state.draft.body.blocks, state.selected));
  const kind = useKind(block?.kind);
  if (!block || !kind) return <ThemePanel />;
  return (
    <Panel
      icon={<KindIcon name={kind.icon} size={18} />}
      over={t('Block')}
      title={kind.label}
      onClose={() => select(null)}
      key={block.id}
    >
      <TargetSection id={block.id} />
      {block.kind === 'columns' && <ColumnCount block={block} />}
      <Groups
        schema={kind.schema}
        read={(key) => settingOf(block, key)}
        write={(key, value) => patchBlock(block.id, { [key]: value })}
      />
      <SmartPanel block={block} />
    </Panel>
  );
}

type PanelProps = { icon: ReactNode; over: string; title: string; onClose?(): void; children: ReactNode };

function Panel({ icon, over, title, onClose, children }: PanelProps) {
  return (
    <>
      <header className="ke-panel-head">
        <span className="k-tile k-hue-teal">{icon}</span>
        <div>
          <small>{over}</small>
          <h2>{title}</h2>
        </div>
        {onClose && (
          <IconButton
            label={t('Close')}
            onClick={() => {
              onClose();
              show({ sheet: null });
            }}
          >
            <IconX size={17} />
          </IconButton>
        )}
      </header>
      <div className="ke-panel-body">{children}</div>
    </>
  );
}

type GroupsProps = { schema: readonly Setting[]; read(key: string): unknown; write(key: string, value: unknown): void };

const groupName = (group: string): string => (group === 'content' ? t('Content') : group === 'look' ? t('Design') : group);

function Groups({ schema, read, write }: GroupsProps) {
  const groups = useMemo(() => grouped(schema), [schema]);
  return [...groups].map(([group, settings]) => (
    <section className="ke-group" key={group} aria-label={groupName(group)}>
      <h3>{groupName(group)}</h3>
      {settings.map((setting) => (
        <Control
          key={setting.key}
          setting={setting}
          value={read(setting.key) ?? setting.default}
          onChange={(value) => write(setting.key, value)}
        />
      ))}
    </section>
  ));
}

function grouped(schema: readonly Setting[]): Map<string, Setting[]> {
  const groups = new Map<string, Setting[]>();
  for (const setting of schema) {
    const group = setting.group ?? 'content';
    groups.set(group, [...(groups.get(group) ?? []), setting]);
  }
  return groups;
}

function ColumnCount({ block }: { block: ColumnsBlock }) {
  return (
    <section className="ke-group">
      <Segments label={t('Number of columns')}>
        {[1, 2, 3, 4].map((count) => (
          <button
            type="button"
            key={count}
            aria-pressed={block.columns.length === count}
            onClick={() => patchBlock(block.id, { columns: withColumns(block, count).columns })}
          >
            {count}
          </button>
        ))}
      </Segments>
    </section>
  );
}

export function ThemePanel() {
  const { theme: schema = [] } = useData();
  const body = useEditor((state) => state.draft.body);
  return (
    <Panel icon={<IconPalette size={18} />} over={t('The whole mail')} title={t('Design')} onClose={undefined}>
      <section className="ke-group">
        <Segments label={t('Language of the mail')}>
          <button type="button" aria-pressed={body.language === 'he'} onClick={() => setBody({ language: 'he', direction: 'rtl' })}>
            עברית
          </button>
          <button type="button" aria-pressed={body.language === 'en'} onClick={() => setBody({ language: 'en', direction: 'ltr' })}>
            English
          </button>
        </Segments>
        <Segments label={t('Direction')}>
          <button type="button" aria-pressed={body.direction === 'rtl'} onClick={() => setBody({ direction: 'rtl' })}>
            {t('Right to left')}
          </button>
          <button type="button" aria-pressed={body.direction === 'ltr'} onClick={() => setBody({ direction: 'ltr' })}>
            {t('Left to right')}
          </button>
        </Segments>
      </section>
      <Groups schema={schema} read={(key) => body.theme?.[key]} write={(key, value) => setTheme({ [key]: value as string })} />
    </Panel>
  );
}
