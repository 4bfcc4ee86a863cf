/** One line of text with merge tags: subject, preheader, headings, buttons and the inspector's texts. */

import { Extension, type Editor } from '@tiptap/core';
import { EditorContent, useEditor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { useEffect, useState } from 'react';
import { FieldMenu } from './field-menu';
import { MergeTag } from './merge-tag';
import { useEditor as useDraft } from './store';
import { lineNode, type RichNode, toLine } from './tags';

const swallow = (): boolean => true;
const ONE_LINE_KEYS = Object.fromEntries(['Enter', 'Shift-Enter', 'Mod-Enter'].map((key) => [key, swallow]));
const OneLine = Extension.create({ name: 'oneLine', addKeyboardShortcuts: () => ONE_LINE_KEYS });

/** The two square brackets open the menu of fields; whoever goes on typing closes it. */
export function opensFields(editor: Editor): boolean {
  const { from, empty } = editor.state.selection;
  return empty && editor.state.doc.textBetween(Math.max(0, from - 2), from, '\n', ' ') === '[[';
}

export function insertField(editor: Editor, key: string, fallback = '', format = ''): void {
  const { from } = editor.state.selection;
  const start = opensFields(editor) ? from - 2 : from;
  editor
    .chain()
    .focus()
    .insertContentAt({ from: start, to: editor.state.selection.to }, { type: 'mergeTag', attrs: { key, format, fallback } })
    .run();
  // At once, not in the next frame: who types on must not type into nothing.
  editor.view.focus();
}

type Props = {
  value: string;
  label: string;
  onChange(value: string): void;
  placeholder?: string;
  className?: string;
  id?: string;
  /** On the canvas: no frame, and the button for fields only with `tools`. */
  bare?: boolean;
  tools?: boolean;
  invalid?: boolean;
};

export function Line({ value, label, onChange, placeholder = '', className = '', bare = false, tools = !bare, invalid = false, id }: Props) {
  const [open, setOpen] = useState(false);
  const epoch = useDraft((state) => state.epoch);
  const editor = useEditor({
    extensions: [
      StarterKit.configure({
        blockquote: false,
        bold: false,
        bulletList: false,
        code: false,
        codeBlock: false,
        hardBreak: false,
        heading: false,
        horizontalRule: false,
        italic: false,
        link: false,
        listItem: false,
        listKeymap: false,
        orderedList: false,
        strike: false,
        trailingNode: false,
        underline: false,
        undoRedo: false,
      }),
      MergeTag,
      OneLine,
    ],
    content: lineNode(value),
    shouldRerenderOnTransaction: false,
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-label': label,
        'aria-multiline': 'false',
        ...(invalid ? { 'aria-invalid': 'true' } : {}),
        ...(id ? { id } : {}),
        class: `ke-line ${className}`,
        dir: 'auto',
        'data-placeholder': placeholder,
      },
      transformPastedText: (text) => text.replace(/\s*\n\s*/g, ' '),
      clipboardTextParser: (text, _context, _plain, view) => {
        const { schema } = view.state;
        return schema.nodeFromJSON(lineNode(text.replace(/\s*\n\s*/g, ' '))).slice(1);
      },
    },
    onUpdate: ({ editor: now }) => {
      onChange(toLine(now.getJSON() as RichNode));
      setOpen(opensFields(now));
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: taken over when the draft changed from outside, not at each letter
  useEffect(() => {
    if (editor && toLine(editor.getJSON() as RichNode) !== value) {
      editor.commands.setContent(lineNode(value), { emitUpdate: false });
    }
  }, [value, epoch, editor]);
  return (
    <div className={bare ? 'ke-line-bare' : 'ke-line-box'} data-empty={value === '' || undefined}>
      <EditorContent editor={editor} className="ke-line-content" />
      {editor && (tools || open) && (
        <FieldMenu
          open={open}
          onOpenChange={setOpen}
          onPick={(key, fallback, format) => insertField(editor, key, fallback, format)}
          onClosed={() => editor.commands.focus()}
          className={bare ? 'ke-icon ke-anchor' : 'ke-icon'}
        />
      )}
    </div>
  );
}
