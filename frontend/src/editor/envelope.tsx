/** Subject and preheader, above the mail, with a counter for what a phone's inbox shows of the subject. */

import { t } from '../lib/i18n';
import { Line } from './line';
import { setText, useEditor } from './store';
import { pieces } from './tags';

/** Most phones cut a subject here. */
const SUBJECT_SEEN = 60;
/** A merge tag counts as its fallback, or as a usual name. */
const USUAL_NAME = 6;

export const shownLength = (text: string): number =>
  pieces(text).reduce(
    (sum, piece) => sum + (typeof piece === 'string' ? piece.length : piece.fallback.length || USUAL_NAME),
    0,
  );

export function EnvelopeLines() {
  const subject = useEditor((state) => state.draft.subject);
  const preheader = useEditor((state) => state.draft.preheader);
  const length = shownLength(subject);
  return (
    <section className="ke-envelope" aria-label={t('Subject and summary')}>
      <div>
        <span>{t('Subject')}</span>
        <Line
          id="ke-subject"
          value={subject}
          label={t('Subject')}
          placeholder={t('What will make them open it?')}
          onChange={(value) => setText('subject', value)}
          className="ke-subject"
        />
        <small
          className={`num ${length > SUBJECT_SEEN ? 'ke-long' : ''}`}
          title={length > SUBJECT_SEEN ? t('On a phone the end will be cut off') : undefined}
        >
          <bdi>
            {length} / {SUBJECT_SEEN}
          </bdi>
        </small>
      </div>
      <div>
        <span>{t('Preview text')}</span>
        <Line
          value={preheader}
          label={t('Preview text')}
          placeholder={t('A few words shown after the subject')}
          onChange={(value) => setText('preheader', value)}
        />
      </div>
    </section>
  );
}
