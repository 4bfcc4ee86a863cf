/** The merge tag inside a text editor: an inline atom shown as a chip, which typing and bidi cannot break. */

import { Extension, InputRule, Node } from '@tiptap/core';
import { NodeViewWrapper, type NodeViewProps, ReactNodeViewRenderer } from '@tiptap/react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { isRtl, t } from '../lib/i18n';
import type { Field } from './contract';
import { fieldOf, nearestField, tagFrom, written } from './tags';

/** Set once when the page starts: the input rule runs outside React. */
let known: readonly Field[] = [];
export const setKnownFields = (fields: readonly Field[]): void => {
  known = fields;
};

const TYPED = /\[\[([^[\]|]+)(?:\|([^[\]]*))?\]\]$/;

export const MergeTag = Node.create({
  name: 'mergeTag',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: true,
  draggable: true,
  addAttributes: () => ({
    key: { default: '', parseHTML: (element) => element.dataset.tag ?? '' },
    format: { default: '', parseHTML: (element) => element.dataset.format ?? '' },
    fallback: { default: '', parseHTML: (element) => element.dataset.fallback ?? '' },
  }),
  parseHTML: () => [{ tag: 'span[data-tag]' }],
  renderHTML: ({ node }) => [
    'span',
    { 'data-tag': node.attrs.key, 'data-format': node.attrs.format, 'data-fallback': node.attrs.fallback },
  ],
  renderText: ({ node }) => 
    written({ key: String(node.attrs.key), format: String(node.attrs.format), fallback: String(node.attrs.fallback) }),
  addNodeView: () => ReactNodeViewRenderer(Chip, { as: 'span' }),
  // nodeInputRule() would replace only the capture group and leave the brackets, so the rule is written out.
  addInputRules() {
    return [
      new InputRule({
        find: TYPED,
        handler: ({ state, range, match }) => {
          const { key, format = '', fallback } = tagFrom(match[1] ?? '', match[2]);
          const attrs = { key: fieldOf(key, known)?.key ?? key, format, fallback };
          state.tr.replaceWith(range.from, range.to, this.type.create(attrs));
        },
      }),
    ];
  },
});

function Chip({ node, selected, updateAttributes, deleteNode, editor }: NodeViewProps) {
  const [open, setOpen] = useState(false);
  const key = String(node.attrs.key);
  const format = String(node.attrs.format);
  const fallback = String(node.attrs.fallback);
  const field = fieldOf(key, known);
  const nearest = field ? null : nearestField(key, known);
  const title = field ? t('Field: {name}', { name: field.label }) : t('Unknown field: {name}', { name: key });
  return (
    <NodeViewWrapper as="span" className="ke-tag-holder">
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger asChild>
          <button
            type="button"
            className={`ke-tag ${selected ? 'ke-selected' : ''} ${field ? '' : 'ke-unknown'}`}
            dir="auto"
            title={title}
            tabIndex={selected ? 0 : -1}
          >
            {field?.label ?? key}
            {format && <small>{field?.formats?.find((one) => one.key === format)?.label ?? format}</small>}
            {fallback && <i dir="auto">{fallback}</i>}
          </button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className="ke-pop"
            dir={isRtl() ? 'rtl' : 'ltr'}
            sideOffset={6}
            collisionPadding={12}
            aria-label={t('Settings of the field')}
            onCloseAutoFocus={(event) => {
              event.preventDefault();
              editor.commands.focus();
            }}
          >
            {nearest && (
              <p className="ke-suggest">
                {t('No field is called “{name}”', { name: key })}{' '}
                <button type="button" className="k-link-button" onClick={() => updateAttributes({ key: nearest.key })}>
                  {t('Did you mean “{name}”?', { name: nearest.label })}
                </button>
              </p>
            )}
            <FieldChoice value={key} onChange={(value) => updateAttributes({ key: value, format: '' })} />
            {field && (field.formats?.length || format) ? (
              <FormatChoice field={field} value={format} onChange={(value) => updateAttributes({ format: value })} />
            ) : null}
            <label className="ke-setting">
              <span className="form-label">{t('When the contact has none, write')}</span>
              <input
                className="form-control"
                dir="auto"
                // biome-ignore lint/a11y/noAutofocus: the popover was opened to type this
                autoFocus
                placeholder={t('For example: friend')}
                value={fallback}
                onChange={(event) => updateAttributes({ fallback: event.target.value.replace(/[[\]|]/g, '') })}
                onKeyDown={(event) => event.key === 'Enter' && setOpen(false)}
              />
            </label>
            <div className="ke-pop-foot">
              <button type="button" className="btn btn-sm btn-danger" onClick={() => deleteNode()}>
                {t('Remove')}
              </button>
              <button type="button" className="btn btn-sm btn-primary" onClick={() => setOpen(false)}>
                {t('Done')}
              </button>
            </div>
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </NodeViewWrapper>
  );
}

function FieldChoice({ value, onChange }: { value: string; onChange(value: string): void }) {
  const field = fieldOf(value, known);
  return (
    <label className="ke-setting">
      <span className="form-label">{t('Field')}</span>
      <select className="form-select" value={field?.key ?? ''} onChange={(event) => onChange(event.target.value)}>
        {!field && <option value="">{t('Unknown field: {name}', { name: value })}</option>}
        {known.map(({ key, label }) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** How the value is written, each way with an example. */
function FormatChoice({ field, value, onChange }: { field: Field; value: string; onChange(value: string): void }) {
  const formats = field.formats ?? [];
  const isKnown = value === '' || formats.some(({ key }) => key === value);
  return (
    <label className="ke-setting">
      <span className="form-label">{t('Written as')}</span>
      <select className="form-select" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{t('As usual')}</option>
        {!isKnown && <option value={value}>{value}</option>}
        {formats.map(({ key, label, example }) => (
          <option key={key} value={key}>
            {example ? `${label} – ${example}` : label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Direction only on paragraphs: TipTap's own option puts `dir` on every node, inline atoms too. */
export const ParagraphDirection = Extension.create({
  name: 'paragraphDirection',
  addGlobalAttributes: () => [
    {
      types: ['paragraph'],
      attributes: {
        dir: {
          default: null,
          parseHTML: (element) => element.getAttribute('dir'),
          renderHTML: ({ dir }) => (dir ? { dir: String(dir) } : {}),
        },
      },
    },
  ],
});
