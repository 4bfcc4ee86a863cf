/** The text on a phone, as this contact gets it, with its size; and the sizes over everybody who will. */

import { IconAlertTriangle, IconLink, IconMoodSmile, IconUsers } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { number, plural, t } from '../lib/i18n';
import { useData } from './context';
import type { Person } from './contract';
import { PersonPicker } from './preview';
import type { Look, Size, Sizes } from './sms-contract';
import { replaceDraft, useEditor } from './store';
import { useView } from './view';

/** Beyond this a text costs more than it is read. */
const MANY_PARTS = 3;

type Props = {
  look: Look | null;
  sizes: Sizes | null;
  person: Person | null;
  onPerson(person: Person | null): void;
};

export function Phone({ look, sizes, person, onPerson }: Props) {
  const { document, workspace } = useData();
  const kind = document.kind === 'whatsapp' ? 'whatsapp' : 'sms';
  return (
    <aside className="ke-phone-side" aria-label={t('Preview')}>
      <PersonPicker person={person} onPick={onPerson} />
      <div className={`ke-handset ke-handset-${kind}`}>
        <div className="ke-handset-top">
          <bdi>{workspace.name}</bdi>
        </div>
        <div className="ke-thread">
          {look?.not_sent ? (
            <p className="k-note k-note-coral">
              <IconAlertTriangle size={17} aria-hidden="true" />
              <span>{look.not_sent.message}</span>
            </p>
          ) : (
            <p className="ke-bubble" dir="auto">
              {look ? linked(look.text) : '…'}
            </p>
          )}
        </div>
      </div>
      {look && !look.not_sent && <Meter size={look.size} inParts={kind === 'sms'} />}
      {look && <Hints look={look} />}
      <Everybody sizes={sizes} inParts={kind === 'sms'} />
    </aside>
  );
}

const ADDRESS = /(https?:\/\/\S+)/;

/** The words with their addresses as phones show them: underlined, left to right. */
function linked(text: string): ReactNode[] {
  return text.split(ADDRESS).map((piece, place) =>
    place % 2 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name and are drawn anew together
      <span key={place} className="ke-sms-link" dir="ltr">
        {piece}
      </span>
    ) : (
      piece
    ),
  );
}

export function Meter({ size, inParts }: { size: Size; inParts: boolean }) {
  const held = size.parts * size.per_part;
  const share = held ? Math.min(100, (100 * (held - size.left)) / held) : 0;
  return (
    <div className="ke-meter">
      <div className={`k-progress ${size.parts > MANY_PARTS ? 'ke-meter-many' : ''}`} aria-hidden="true">
        <span style={{ inlineSize: `${share}%` }} />
      </div>
      <p role="status">
        {inParts && <b className="num">{plural(size.parts, 'One part', '{count} parts')}</b>}
        <span className="num">{plural(size.characters, 'One character', '{count} characters')}</span>
        {inParts && (
          <span className="num sub">{t('{left} left in this part', { left: number(size.left) })}</span>
        )}
      </p>
    </div>
  );
}

function Hints({ look }: { look: Look }) {
  const { size, plainer, dear, links } = look;
  const hasEmoji = /\p{Extended_Pictographic}/u.test(look.text);
  return (
    <ul className="ke-hints">
      {size.parts > MANY_PARTS && (
        <Hint bad>{t('That is long: each part is paid for, and few people read so much on a phone.')}</Hint>
      )}
      {plainer && (
        <Hint>
          {plural(
            plainer.saves,
            'Curly quotes and long dashes make it larger. Plain ones save one part.',
            'Curly quotes and long dashes make it larger. Plain ones save {count} parts.',
          )}{' '}
          <button
            type="button"
            className="k-link-button"
            onClick={() => replaceDraft({ ...useEditor.getState().draft, body: plainer.body })}
          >
            {t('Write them plainly')}
          </button>
        </Hint>
      )}
      {dear.length > 0 && !plainer && (
        <Hint>
          {t('Because of {letters} a part holds 70 characters instead of 160.', {
            letters: `\u2068${dear.join(' ')}\u2069`,
          })}
        </Hint>
      )}
      {hasEmoji && size.per_part < 1000 && (
        <Hint icon={<IconMoodSmile size={17} aria-hidden="true" />}>
          {t('An emoji counts as two characters or more.')}
        </Hint>
      )}
      {links.length > 0 && (
        <Hint icon={<IconLink size={17} aria-hidden="true" />}>
          {plural(
            links.length,
            'The link goes out short and is counted.',
            '{count} links go out short and are counted.',
          )}
        </Hint>
      )}
    </ul>
  );
}

function Hint({ children, icon, bad = false }: { children: ReactNode; icon?: ReactNode; bad?: boolean }) {
  return (
    <li className={bad ? 'ke-hint-bad' : ''}>
      {icon ?? <IconAlertTriangle size={17} aria-hidden="true" />}
      <span>{children}</span>
    </li>
  );
}

function Everybody({ sizes, inParts }: { sizes: Sizes | null; inParts: boolean }) {
  const failed = useView((state) => state.serverProblems.some(({ severity }) => severity === 'error'));
  if (!sizes) return <p className="ke-everybody sub">{failed ? '' : t('Counting for everybody…')}</p>;
  const rows = Object.entries(sizes.by_parts);
  const about = sizes.about ? t('about ') : '';
  return (
    <section className="ke-everybody" aria-label={t('For everybody')}>
      <h2>
        <IconUsers size={17} aria-hidden="true" /> {t('For everybody')}
      </h2>
      {rows.length === 0 && <p className="sub">{t('Nobody would get it as it is.')}</p>}
      <dl>
        {rows.map(([parts, people]) => (
          <div key={parts}>
            <dt>{inParts ? plural(Number(parts), 'One part', '{count} parts') : t('Will get it')}</dt>
            <dd className="num">{about + plural(people, 'one person', '{count} people')}</dd>
          </div>
        ))}
        {sizes.nothing > 0 && (
          <div className="ke-hint-bad">
            <dt>{t('Nothing is meant for them')}</dt>
            <dd className="num">{about + plural(sizes.nothing, 'one person', '{count} people')}</dd>
          </div>
        )}
        {inParts && (
          <div className="ke-total">
            <dt>{t('Altogether')}</dt>
            <dd className="num">
              {about + plural(sizes.units, 'one unit', '{count} units')}
              {sizes.cost && <span> · {money(sizes.cost)}</span>}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

const money = ({ amount, currency }: { amount: string; currency: string }): string =>
  new Intl.NumberFormat(globalThis.document.documentElement.lang || 'en', {
    style: 'currency',
    currency,
  }).format(Number(amount));
