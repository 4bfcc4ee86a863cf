/** The message of a step, made in place: simple text right here, anything more in the editor of messages. */

import { IconAlertTriangle, IconPencil } from '@tabler/icons-react';
import { useEffect, useId, useState } from 'react';
import type { Look } from '../editor/sms-contract';
import { get, post } from '../lib/api';
import { plural, t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import { benchOf, textUrlsOf } from './bench';
import { usePage } from './context';
import type { Step } from './contract';
import { FOOTER } from './model';
import { show } from './store';

type Block = { id: string; kind: string; html?: string; text?: string };
export type Body = { blocks: Block[] };
type Taken = { subject: string; preheader: string; document: Json };
type Props = { step: Step; put(part: Partial<Step>): void; id: string };

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
export const asHtml = (text: string): string =>
  text
    .split('\n')
    .map((line) => `<p>${escaped(line)}</p>`)
    .join('');

/** Null when there is more in it than paragraphs of plain text. */
export function asText(html: string): string | null {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const lines = [...page.body.children];
  const isPlain = lines.every((line) => line.tagName === 'P' && line.children.length === 0 && line.attributes.length === 0);
  return isPlain ? lines.map((line) => line.textContent ?? '').join('\n') : null;
}

function simpleText(body: Body | undefined): string | null {
  const [block, ...more] = (body?.blocks ?? []).filter(({ kind }) => kind !== 'footer');
  if (!block) return '';
  if (more.length || Object.keys(block).some((key) => !['id', 'kind', 'html', 'text'].includes(key))) return null;
  if (block.kind === 'sms_text') return block.text ?? '';
  return block.kind === 'text' ? asText(block.html ?? '') : null;
}

export function Message({ step, put, id }: Props) {
  const field = useId();
  const body = step.document as Body | undefined;
  const isMail = step.kind === 'send_email';
  const text = simpleText(body);
  const write = (now: string) => {
    const blocks = isMail ? [{ id: 'b1', kind: 'text', html: asHtml(now) }, FOOTER] : [{ id: 't1', kind: 'sms_text', text: now }];
    put({ document: { ...body, blocks } as unknown as Json });
  };
  return (
    <div className="kj-setting kj-message">
      {text === null ? (
        <>
          <span className="form-label">{t('Message')}</span>
          <Extract body={body} />
        </>
      ) : (
        <>
          <label className="form-label" htmlFor={field}>
            {t('Message')}
          </label>
          <textarea
            id={field}
            className="form-control"
            rows={6}
            dir="auto"
            placeholder={t('Write here, or open the editor for pictures, buttons and content for some only')}
            value={text}
            onChange={(event) => write(event.target.value)}
          />
          <p className="kj-help">{t('[[first_name|friend]] becomes the first name, or “friend” where there is none.')}</p>
        </>
      )}
      {!isMail && <Size step={step} body={body} />}
      <div className="kj-row kj-wrap">
        <button type="button" className="btn" onClick={() => show({ writing: id })}>
          <IconPencil size={16} aria-hidden="true" /> {isMail ? t('Design the mail') : t('Open the text editor')}
        </button>
        <Take step={step} put={put} />
      </div>
    </div>
  );
}

/** The first words of a designed message. */
function Extract({ body }: { body: Body | undefined }) {
  const blocks = body?.blocks ?? [];
  const words = blocks
    .map(({ html, text }) => new DOMParser().parseFromString(html ?? text ?? '', 'text/html').body.textContent?.trim() ?? '')
    .filter(Boolean);
  return (
    <div className="kj-extract">
      {words.slice(0, 3).map((line) => (
        <p key={line} dir="auto">
          {line}
        </p>
      ))}
      <small>{plural(blocks.length, 'One block', '{count} blocks')}</small>
    </div>
  );
}

/** A copy of a message made elsewhere takes the place of this one; undo brings it back. */
function Take({ step, put }: Omit<Props, 'id'>) {
  const { data } = usePage();
  const [isFailed, setFailed] = useState(false);
  const isMail = step.kind === 'send_email';
  const designs = data.words.documents.filter(({ kind }) => kind === step.kind.replace('send_', ''));
  if (!designs.length) return null;
  const take = (number: string) =>
    get<Taken>(data.urls.document.replace(/\/0\/$/, `/${number}/`)).then(
      (found) => put({ document: found.document, ...(isMail ? { subject: found.subject, preheader: found.preheader || undefined } : {}) } as Partial<Step>),
      () => setFailed(true),
    );
  return (
    <>
      <select className="form-select kj-take" aria-label={t('Copy a message into the step')} value="" onChange={(event) => event.target.value && void take(event.target.value)}>
        <option value="">{t('Copy a message…')}</option>
        {designs.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      {isFailed && <p className="kj-help kj-bad">{t('No connection. Try again in a while.')}</p>}
    </>
  );
}

const PAUSE_MS = 350;

/** How long the text is, and in how many parts it travels: counted by the server, with all that is added to it. */
function Size({ step, body }: { step: Step; body: Body | undefined }) {
  const { urls } = usePage().data;
  const kind = step.kind.replace('send_', '');
  const { message_class } = step;
  const [look, setLook] = useState<Look | null>(null);
  const asked = JSON.stringify(body);
  const isEmpty = !body?.blocks.some(({ text }) => text?.trim());
  useEffect(() => {
    if (isEmpty) return;
    const abort = new AbortController();
    const ask = async () => {
      const { urls: bench } = await benchOf(urls.bench, kind);
      if (bench.text) setLook(await post<Look>(textUrlsOf(bench.text, message_class).look, { body: JSON.parse(asked) }, { signal: abort.signal }));
    };
    const timer = setTimeout(() => void ask().catch(() => undefined), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, isEmpty, kind, message_class, urls.bench]);
  if (!look || isEmpty) return null;
  const { characters, parts } = look.size;
  return (
    <p className={`kj-help ${kind === 'sms' && parts > 2 ? 'kj-bad' : ''}`} aria-live="polite">
      {kind === 'sms' && parts > 2 && <IconAlertTriangle size={14} aria-hidden="true" />} {plural(characters, 'One character', '{count} characters')}
      {kind === 'sms' && ` · ${plural(parts, 'one SMS', '{count} SMS')}`}
      {message_class === 'advertising' && ` · ${t('as an advertisement, with the way to refuse')}`}
    </p>
  );
}
