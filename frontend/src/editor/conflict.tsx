/** Somebody saved this document meanwhile: both are shown, and one is kept. Loaded when it happens. */

import { date, t } from '../lib/i18n';
import { useData } from './context';
import type { EditorData } from './contract';
import { Dialog } from './dialog';
import { type Draft, walk } from './model';
import type { Saver } from './saving';
import { draftOf } from './saving';
import { fieldOf, pieces } from './tags';
import { useView } from './view';

const TIME: Intl.DateTimeFormatOptions = { dateStyle: 'short', timeStyle: 'short' };

export default function ConflictDialog({ saver }: { saver: Saver }) {
  const conflict = useView((state) => state.conflict);
  if (!conflict) return null;
  const { mine, mineAt, theirs } = conflict;
  return (
    <Dialog
      title={t('This mail was changed elsewhere')}
      wide
      firm
      onClose={() => undefined}
      footer={
        <>
          <button type="button" className="btn" onClick={saver.takeTheirs}>
            {t('Take the other version')}
          </button>
          <button type="button" className="btn btn-primary" onClick={saver.keepMine}>
            {t('Keep my version')}
          </button>
        </>
      }
    >
      <p>{t('Someone saved it in another window while you were editing. Nothing is lost: choose which to keep. Undo brings the other one back.')}</p>
      <div className="ke-versions">
        <VersionCard title={t('My version')} draft={mine} other={draftOf(theirs)} at={date(mineAt, TIME)} />
        <VersionCard
          title={theirs.updated_by ? t('The version of {name}', { name: theirs.updated_by }) : t('The other version')}
          draft={draftOf(theirs)}
          other={mine}
          at={theirs.updated_at ? date(theirs.updated_at, TIME) : ''}
        />
      </div>
    </Dialog>
  );
}

type CardProps = { title: string; draft: Draft; other: Draft; at: string };

function VersionCard({ title, draft, other, at }: CardProps) {
  const data = useData();
  const before = new Map([...walk(other.body.blocks)].map(({ block }) => [block.id, JSON.stringify(block)]));
  const lines = [...walk(draft.body.blocks)].filter(({ block }) => before.get(block.id) !== JSON.stringify(block));
  return (
    <section className="ke-version" aria-label={title}>
      <h3>{title}</h3>
      {at && <small className="sub num">{at}</small>}
      <p>
        <b dir="auto" className={draft.subject === other.subject ? '' : 'ke-differs'}>
          {withNames(draft.subject, data) || t('No subject yet')}
        </b>
      </p>
      <ul>
        {lines.slice(0, 6).map(({ block }) => (
          <li key={block.id} dir="auto" className="ke-differs">
            {summary(block, data)}
          </li>
        ))}
        {!lines.length && <li>{t('The same blocks as the other')}</li>}
      </ul>
    </section>
  );
}

/** Merge tags as people know them: by the name of their field. */
const withNames = (text: string, { fields }: EditorData): string =>
  pieces(text)
    .map((piece) => (typeof piece === 'string' ? piece : (fieldOf(piece.key, fields)?.label ?? piece.key)))
    .join('');

function summary(block: object, data: EditorData): string {
  const { text, html, alt, kind } = block as Record<string, unknown>;
  const words = [text, html, alt].find((part) => typeof part === 'string' && part.trim());
  const label = data.blocks.find(({ key }) => key === kind)?.label ?? String(kind);
  const plain = withNames(String(words ?? '').replace(/<[^>]*>/g, ' '), data).trim();
  return plain ? plain.slice(0, 90) : label;
}
