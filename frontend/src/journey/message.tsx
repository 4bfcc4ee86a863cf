/** The message of a step: simple text made in place, or a designed one copied from the mails. */

import { useId } from 'react';
import { get } from '../lib/api';
import { t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import { usePage } from './context';
import type { Step } from './contract';
import { FOOTER } from './model';

type Block = { id: string; kind: string; html?: string; text?: string };
type Body = { blocks: Block[] };
type Taken = { subject: string; preheader: string; document: Json };
type Props = { step: Step; put(part: Partial<Step>): void };

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

export function Message({ step, put }: Props) {
  const { data } = usePage();
  const id = useId();
  const body = step.document as Body | undefined;
  const isMail = step.kind === 'send_email';
  const text = simpleText(body);
  const write = (now: string) => {
    const blocks = isMail ? [{ id: 'b1', kind: 'text', html: asHtml(now) }, FOOTER] : [{ id: 't1', kind: 'sms_text', text: now }];
    put({ document: { ...body, blocks } as unknown as Json });
  };
  const channel = step.kind.replace('send_', '');
  const designs = data.words.documents.filter(({ kind }) => kind === channel);
  const take = async (number: string) => {
    const found = await get<Taken>(data.urls.document.replace(/\/0\/$/, `/${number}/`));
    put({ document: found.document, ...(isMail ? { subject: found.subject, preheader: found.preheader || undefined } : {}) } as Partial<Step>);
  };
  return (
    <div className="kj-setting">
      <label className="form-label" htmlFor={id}>
        {t('Message')}
      </label>
      {text === null ? (
        <div className="k-note kj-designed">
          <div>
            {t('A designed message with {count} blocks.', { count: body?.blocks.length ?? 0 })}{' '}
            <button type="button" className="k-link-button" onClick={() => write('')}>
              {t('Write simple text instead')}
            </button>
          </div>
        </div>
      ) : (
        <textarea id={id} className="form-control" rows={7} dir="auto" value={text} onChange={(event) => write(event.target.value)} />
      )}
      <p className="kj-help">{t('[[first_name|friend]] becomes the first name, or “friend” where there is none.')}</p>
      {designs.length > 0 && (
        <select className="form-select" id={text === null ? id : undefined} aria-label={t('Take a designed message')} value="" onChange={(event) => void take(event.target.value)}>
          <option value="">{t('Take a designed message…')}</option>
          {designs.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
