/** Rich text in place: the small subset that mails may hold, with chips, and its toolbar above the block. */

import type { Editor } from '@tiptap/core';
import { EditorContent, useEditor, useEditorState } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import {
  IconBold,
  IconClearFormatting,
  IconItalic,
  IconLink,
  IconLinkOff,
  IconList,
  IconListNumbers,
  IconStrikethrough,
  IconTextDirectionLtr,
  IconTextDirectionRtl,
  IconUnderline,
} from '@tabler/icons-react';
import { Popover } from 'radix-ui';
import { type ReactNode, useEffect, useState } from 'react';
import { isRtl, t } from '../lib/i18n';
import { FieldMenu } from './field-menu';
import { insertField, opensFields } from './line';
import { addressProblem, completed } from './links';
import { MergeTag, ParagraphDirection } from './merge-tag';
import { useEditor as useDraft } from './store';
import { type RichNode, toHtml, withChips } from './tags';

type Props = { html: string; label: string; active: boolean; onChange(html: string): void };

const EXTENSIONS = [
  StarterKit.configure({
    blockquote: false,
    code: false,
    codeBlock: false,
    heading: false,
    horizontalRule: false,
    trailingNode: false,
    undoRedo: false,
    link: { openOnClick: false, autolink: true, defaultProtocol: 'https', HTMLAttributes: { rel: null, target: null } },
  }),
  MergeTag,
  ParagraphDirection,
];

export function Rich({ html, label, active, onChange }: Props) {
  const [menu, setMenu] = useState(false);
  const epoch = useDraft((state) => state.epoch);
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: withChips(html),
    shouldRerenderOnTransaction: false,
    editorProps: {
      attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': label, class: 'ke-rich' },
      transformPastedHTML: cleanedPaste,
    },
    onUpdate: ({ editor: now }) => {
      onChange(toHtml(now.getJSON() as RichNode));
      setMenu(opensFields(now));
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: taken over when the draft changed from outside, not at each letter
  useEffect(() => {
    if (editor && toHtml(editor.getJSON() as RichNode) !== html && !(editor.isFocused && epoch === 0)) {
      editor.commands.setContent(withChips(html), { emitUpdate: false });
    }
  }, [epoch, editor]);
  return (
    <>
      {active && editor && <Toolbar editor={editor} menu={menu} onMenu={setMenu} />}
      <EditorContent editor={editor} />
    </>
  );
}

/** Word and Google Docs wrap the copied text in styles and their own elements; the schema drops what it does not know. */
export function cleanedPaste(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(style|script|xml|meta|title|o:p)\b[\s\S]*?(<\/\1>|\/?>)/gi, '')
    .replace(/<b\s[^>]*id="docs-internal-guid[^>]*>([\s\S]*)<\/b>/i, '$1')
    .replace(/<(h[1-6])\b[^>]*>([\s\S]*?)<\/\1>/gi, '<p><strong>$2</strong></p>')
    .replace(/\s(class|lang|align)="[^"]*"/gi, '');
}

type ToolProps = { label: string; on?: boolean; onClick(): void; children: ReactNode };

function Tool({ label, on, onClick, children }: ToolProps) {
  return (
    <button
      type="button"
      className="ke-icon"
      aria-label={label}
      title={label}
      aria-pressed={on}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

function Toolbar({ editor, menu, onMenu }: { editor: Editor; menu: boolean; onMenu(open: boolean): void }) {
  const state = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      italic: now.isActive('italic'),
      underline: now.isActive('underline'),
      strike: now.isActive('strike'),
      bullets: now.isActive('bulletList'),
      numbers: now.isActive('orderedList'),
      rtl: now.isActive('paragraph', { dir: 'rtl' }),
      ltr: now.isActive('paragraph', { dir: 'ltr' }),
    }),
  });
  const chain = () => editor.chain().focus();
  const turn = (dir: 'rtl' | 'ltr', on: boolean) =>
    chain()
      .updateAttributes('paragraph', { dir: on ? null : dir })
      .run();
  return (
    <div className="ke-float ke-float-text" dir={isRtl() ? 'rtl' : 'ltr'}>
      <div className="ke-toolbar" role="toolbar" aria-label={t('Text formatting')}>
        <FieldMenu
          open={menu}
          onOpenChange={onMenu}
          onPick={(key, fallback, format) => insertField(editor, key, fallback, format)}
          onClosed={() => editor.commands.focus()}
          className="ke-icon ke-worded"
        >
          <span>{t('Field')}</span>
        </FieldMenu>
        <i className="ke-sep" />
        <Tool label={t('Bold')} on={state.bold} onClick={() => chain().toggleBold().run()}>
          <IconBold size={17} />
        </Tool>
        <Tool label={t('Italic')} on={state.italic} onClick={() => chain().toggleItalic().run()}>
          <IconItalic size={17} />
        </Tool>
        <Tool label={t('Underline')} on={state.underline} onClick={() => chain().toggleUnderline().run()}>
          <IconUnderline size={17} />
        </Tool>
        <Tool label={t('Strikethrough')} on={state.strike} onClick={() => chain().toggleStrike().run()}>
          <IconStrikethrough size={17} />
        </Tool>
        <LinkTool editor={editor} />
        <i className="ke-sep" />
        <Tool label={t('Bulleted list')} on={state.bullets} onClick={() => chain().toggleBulletList().run()}>
          <IconList size={17} className="flip" />
        </Tool>
        <Tool label={t('Numbered list')} on={state.numbers} onClick={() => chain().toggleOrderedList().run()}>
          <IconListNumbers size={17} className="flip" />
        </Tool>
        <i className="ke-sep" />
        <Tool label={t('Right to left')} on={state.rtl} onClick={() => turn('rtl', state.rtl)}>
          <IconTextDirectionRtl size={17} />
        </Tool>
        <Tool label={t('Left to right')} on={state.ltr} onClick={() => turn('ltr', state.ltr)}>
          <IconTextDirectionLtr size={17} />
        </Tool>
        <Tool label={t('Clear formatting')} onClick={() => chain().unsetAllMarks().clearNodes().run()}>
          <IconClearFormatting size={17} />
        </Tool>
      </div>
    </div>
  );
}

function LinkTool({ editor }: { editor: Editor }) {
  const [open, setOpen] = useState(false);
  const [url, setUrl] = useState('');
  const on = useEditorState({ editor, selector: ({ editor: now }) => now.isActive('link') });
  const problem = url ? addressProblem(url) : null;
  const save = () => {
    const chain = editor.chain().focus().extendMarkRange('link');
    if (!url) chain.unsetLink().run();
    else if (!on && editor.state.selection.empty) {
      chain.insertContent({ type: 'text', text: url, marks: [{ type: 'link', attrs: { href: completed(url) } }] }).run();
    } else chain.setLink({ href: completed(url) }).run();
    setOpen(false);
  };
  return (
    <Popover.Root
      open={open}
      onOpenChange={(now) => {
        setUrl(String(editor.getAttributes('link').href ?? ''));
        setOpen(now);
      }}
    >
      <Popover.Trigger asChild>
        <button type="button" className="ke-icon" aria-label={t('Link')} title={t('Link')} aria-pressed={on}>
          <IconLink size={17} />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="ke-pop"
          dir={isRtl() ? 'rtl' : 'ltr'}
          sideOffset={6}
          collisionPadding={12}
          aria-label={t('Link')}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            editor.commands.focus();
          }}
        >
          <label className="ke-setting">
            <span className="form-label">{t('Address')}</span>
            <input
              className="form-control"
              dir="ltr"
              inputMode="url"
              placeholder="https://"
              // biome-ignore lint/a11y/noAutofocus: the popover was opened to type this
              autoFocus
              aria-invalid={problem !== null}
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              onKeyDown={(event) => event.key === 'Enter' && save()}
            />
          </label>
          {problem && <p className="k-error">{problem}</p>}
          <div className="ke-pop-foot">
            {on && (
              <button
                type="button"
                className="btn btn-sm"
                onClick={() => {
                  editor.chain().focus().extendMarkRange('link').unsetLink().run();
                  setOpen(false);
                }}
              >
                <IconLinkOff size={15} aria-hidden="true" /> {t('Remove link')}
              </button>
            )}
            <button type="button" className="btn btn-sm btn-primary" disabled={problem !== null} onClick={save}>
              {t('Save')}
            </button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
