/** Merge tags, `[[key or label:format|fallback]]`: found in text, made into chips and back. No DOM, so it is tested plainly. */

import type { Field } from './contract';

/** `format` says how the value is written, "long" or "money USD"; none for the field's own way. */
export type Tag = { key: string; fallback: string; format?: string };
export type Piece = string | Tag;
type Mark = { type: string; attrs?: Record<string, unknown> };
export type RichNode = {
  type?: string;
  text?: string;
  attrs?: Record<string, unknown>;
  marks?: Mark[];
  content?: RichNode[];
};

const TAG = /\[\[([^[\]|]+)(?:\|([^[\]]*))?\]\]/g;

/** Names of the default fields in both languages: a tag is found by either, whatever the interface's language. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  first_name: ['First name', 'שם פרטי'],
  last_name: ['Last name', 'שם משפחה'],
  email: ['Email', 'E-mail', 'דוא״ל', 'דואל', 'אימייל', 'מייל'],
  mobile: ['Mobile', 'Mobile phone', 'נייד', 'טלפון נייד'],
  phone: ['Phone', 'טלפון'],
  role: ['Role', 'Job title', 'תפקיד'],
  company: ['Company', 'חברה'],
  city: ['City', 'עיר'],
  birthday: ['Birthday', 'Date of birth', 'יום הולדת', 'תאריך לידה'],
  notes: ['Notes', 'הערות'],
};

export const namesOf = (field: Field): readonly string[] => [
  field.label,
  field.key,
  ...(field.names ?? []),
  ...(NAMES[field.key] ?? []),
];

/** Letters and digits only: niqqud, geresh, hyphens and case do not stand in the way of finding. */
export const folded = (text: string): string =>
  text.normalize('NFKD').replace(/[^\p{Letter}\p{Number}]/gu, '').toLowerCase();

export function fieldOf(key: string, fields: readonly Field[]): Field | null {
  const wanted = folded(key);
  const exact = fields.find((field) => field.key === key);
  return exact ?? fields.find((field) => namesOf(field).some((name) => folded(name) === wanted)) ?? null;
}

export function searchFields(text: string, fields: readonly Field[]): Field[] {
  const wanted = folded(text);
  return fields.filter((field) => namesOf(field).some((name) => folded(name).includes(wanted)));
}

export const written = ({ key, format, fallback }: Tag): string =>
  `[[${key}${format ? `:${format}` : ''}${fallback ? `|${fallback}` : ''}]]`;

/** What stands between the brackets, before the bar and after it. A colon with a space after it is part of a label. */
export function tagFrom(name: string, fallback = ''): Tag {
  const found = /^(.+):(\S.*)$/.exec(name.trim());
  const [key, format] = found ? [found[1] ?? '', found[2] ?? ''] : [name, ''];
  return { key: key.trim(), ...(format ? { format } : {}), fallback: fallback.trim() };
}

/** How many letters have to change to make one word of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [to, target] of [...other].entries()) {
      next.push(Math.min((row[to] ?? 0) + (letter === target ? 0 : 1), (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The field that was most likely meant; null when nothing looks alike. */
export function nearestField(key: string, fields: readonly Field[]): Field | null {
  const wanted = folded(key);
  let best: { field: Field; far: number } | null = null;
  for (const field of fields) {
    for (const name of namesOf(field).map(folded)) {
      const far = name.startsWith(wanted) && wanted.length > 1 ? 0.5 : distance(wanted, name);
      if (far <= Math.max(1, name.length / 3) && (!best || far < best.far)) best = { field, far };
    }
  }
  return best?.field ?? null;
}

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(TAG)) {
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push(tagFrom(match[1] ?? '', match[2]));
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}

export const tagsIn = (text: string): Tag[] => pieces(text).filter((piece) => typeof piece !== 'string');

const escapeText = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\u00a0/g, '&nbsp;');
const escapeAttribute = (text: string): string => escapeText(text).replace(/"/g, '&quot;');
const unescaped = (text: string): string =>
  text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');

/** Stored HTML with its tags as the spans the editor parses into chips. Tags in addresses stay as they are. */
export function withChips(html: string): string {
  return html
    .split(/(<[^>]*>)/)
    .map((part) => (part.startsWith('<') ? part : part.replace(TAG, (whole) => chipOf(unescaped(whole)))))
    .join('');
}

function chipOf(text: string): string {
  const [tag] = tagsIn(text);
  if (!tag) return text;
  const format = tag.format ? ` data-format="${escapeAttribute(tag.format)}"` : '';
  return `<span data-tag="${escapeAttribute(tag.key)}"${format} data-fallback="${escapeAttribute(tag.fallback)}"></span>`;
}

const MARKS: Readonly<Record<string, string>> = { bold: 'strong', italic: 'em', underline: 'u', strike: 's' };

/** The rich text as stored: the small HTML subset of the format, with tags written out. */
export function toHtml(node: RichNode): string {
  const inner = (node.content ?? []).map(toHtml).join('');
  switch (node.type) {
    case 'text':
      return marked(escapeText(node.text ?? ''), node.marks ?? []);
    case 'mergeTag':
      return marked(escapeText(written(tagOf(node))), node.marks ?? []);
    case 'hardBreak':
      return '<br>';
    case 'paragraph':
      return `<p${blockAttributes(node)}>${inner}</p>`;
    case 'bulletList':
      return `<ul>${inner}</ul>`;
    case 'orderedList':
      return `<ol>${inner}</ol>`;
    case 'listItem':
      return `<li>${inner}</li>`;
    default:
      return inner;
  }
}

/** One line of text as stored: no marks, tags written out. */
export function toLine(node: RichNode): string {
  if (node.type === 'text') return node.text ?? '';
  if (node.type === 'mergeTag') return written(tagOf(node));
  return (node.content ?? []).map(toLine).join('');
}

export const lineNode = (text: string): RichNode => ({
  type: 'doc',
  content: [
    {
      type: 'paragraph',
      content: pieces(text).map((piece) =>
        typeof piece === 'string' ? { type: 'text', text: piece } : { type: 'mergeTag', attrs: { ...piece } },
      ),
    },
  ],
});

const tagOf = (node: RichNode): Tag => ({
  key: String(node.attrs?.key ?? ''),
  format: String(node.attrs?.format ?? ''),
  fallback: String(node.attrs?.fallback ?? ''),
});

function marked(text: string, marks: readonly Mark[]): string {
  return marks.reduce((inner, mark) => {
    if (mark.type === 'link') return `<a href="${escapeAttribute(String(mark.attrs?.href ?? ''))}">${inner}</a>`;
    const element = MARKS[mark.type];
    return element ? `<${element}>${inner}</${element}>` : inner;
  }, text);
}

function blockAttributes(node: RichNode): string {
  const dir = node.attrs?.dir;
  return dir === 'rtl' || dir === 'ltr' ? ` dir="${dir}"` : '';
}
