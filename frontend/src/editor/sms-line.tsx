/** A piece of a text: lines of plain words with merge tags as chips. */

import { EditorContent, useEditor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { useEffect, useState } from 'react';
import { FieldMenu } from './field-menu';
import { insertField, opensFields } from './line';
import { MergeTag } from './merge-tag';
import { linesNode, toLines } from './sms-lines';
import { useEditor as useDraft } from './store';
import type { RichNode } from './tags';

type Props = {
  value: string;
  label: string;
  placeholder: string;
  onChange(value: string): void;
  onFocus(): void;
};

export function SmsLine({ value, label, placeholder, onChange, onFocus }: Props) {
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
    ],
    content: linesNode(value),
    shouldRerenderOnTransaction: false,
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-label': label,
        'aria-multiline': 'true',
        class: 'ke-line ke-sms-line',
        dir: 'auto',
        'data-placeholder': placeholder,
      },
      clipboardTextParser: (text, _context, _plain, view) =>
        view.state.schema.nodeFromJSON(linesNode(text)).slice(1),
    },
    onFocus,
    onUpdate: ({ editor: now }) => {
      onChange(toLines(now.getJSON() as RichNode));
      setOpen(opensFields(now));
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: taken over when the draft changed from outside, not at each letter
  useEffect(() => {
    if (editor && toLines(editor.getJSON() as RichNode) !== value) {
      editor.commands.setContent(linesNode(value), { emitUpdate: false });
    }
  }, [value, epoch, editor]);
  return (
    <div className="ke-line-box ke-sms-box" data-empty={value === '' || undefined}>
      <EditorContent editor={editor} className="ke-line-content" />
      {editor && (
        <FieldMenu
          open={open}
          onOpenChange={setOpen}
          onPick={(key, fallback) => insertField(editor, key, fallback)}
          onClosed={() => editor.commands.focus()}
        />
      )}
    </div>
  );
}
