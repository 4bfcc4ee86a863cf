/** The server's own rendering, as one contact will get it, shut in a frame without scripts. Loaded when asked for. */

import { IconMoon, IconSearch, IconSun, IconUser } from '@tabler/icons-react';
import { Popover } from 'radix-ui';
import { useEffect, useState } from 'react';
import { get, post } from '../lib/api';
import { isRtl, t } from '../lib/i18n';
import { useData } from './context';
import type { Person, Preview } from './contract';
import { useEditor } from './store';
import { show, useView } from './view';

export default function PreviewPane() {
  const { urls } = useData();
  const draft = useEditor((state) => state.draft);
  const device = useView((state) => state.device);
  const dark = useView((state) => state.dark);
  const person = useView((state) => state.person);
  const [shown, setShown] = useState<Preview | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const { body, subject, preheader } = draft;
    setFailed(false);
    post<Preview>(urls.preview, { body, subject, preheader, contact_id: person?.id ?? null, device }, { signal: abort.signal })
      .then(setShown)
      .catch(() => !abort.signal.aborted && setFailed(true));
    return () => abort.abort();
  }, [draft, device, person, urls.preview]);
  return (
    <div className="ke-stage ke-previewing">
      <div className="ke-preview-bar">
        <PersonPicker person={person} onPick={(picked) => show({ person: picked })} />
        <button type="button" className="btn btn-sm" aria-pressed={dark} onClick={() => show({ dark: !dark })}>
          {dark ? <IconSun size={16} aria-hidden="true" /> : <IconMoon size={16} aria-hidden="true" />}
          {dark ? t('Light') : t('Dark')}
        </button>
        <button type="button" className="btn btn-sm btn-primary ke-wide" onClick={() => show({ preview: false })}>
          {t('Back to editing')}
        </button>
      </div>
      {failed && <p className="ke-preview-note k-error">{t('The preview could not be made. Put the problems right and try again.')}</p>}
      {shown?.not_sent && <p className="ke-preview-note k-note k-note-coral">{shown.not_sent.message}</p>}
      {shown && (
        <>
          <p className="ke-preview-subject">
            <small>{t('Subject')}</small>
            <bdi>{shown.subject || t('No subject yet')}</bdi>
          </p>
          <iframe
            className={`ke-preview ke-${device}`}
            title={t('Preview of the mail')}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            style={{ colorScheme: dark ? 'dark' : 'light' }}
            srcDoc={inTheme(withNewTabs(shown.html), dark)}
          />
        </>
      )}
    </div>
  );
}

const withNewTabs = (html: string): string => html.replace(/<head([^>]*)>/i, '<head$1><base target="_blank">');

/** As a mail program in this theme shows it, whatever the theme of this machine. */
const inTheme = (html: string, dark: boolean): string =>
  html.replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, (_whole, theme: string) =>
    (theme.toLowerCase() === 'dark') === dark ? 'all' : 'not all',
  );

type PickerProps = { person: Person | null; onPick(person: Person | null): void };

export function PersonPicker({ person, onPick }: PickerProps) {
  const { urls } = useData();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [people, setPeople] = useState<readonly Person[]>([]);
  useEffect(() => {
    if (!open) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get<Person[] | { contacts: Person[] }>(`${urls.contacts}?q=${encodeURIComponent(text)}`, { signal: abort.signal })
        .then((answer) => setPeople(Array.isArray(answer) ? answer : answer.contacts))
        .catch(() => setPeople([]));
    }, 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [open, text, urls.contacts]);
  const pick = (picked: Person | null) => {
    onPick(picked);
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="btn btn-sm ke-person">
        <IconUser size={16} aria-hidden="true" />
        <span>{person ? t('As {name}', { name: person.name || person.email }) : t('As a contact…')}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="ke-pop ke-pop-flush"
          dir={isRtl() ? 'rtl' : 'ltr'}
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label={t('Choose a contact')}
        >
          <div className="ke-search">
            <IconSearch size={16} aria-hidden="true" />
            <input
              className="form-control"
              dir="auto"
              aria-label={t('Search by name or e-mail')}
              placeholder={t('Search by name or e-mail')}
              // biome-ignore lint/a11y/noAutofocus: the list was opened to search it
              autoFocus
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <div className="ke-options">
            <button type="button" aria-pressed={person === null} onClick={() => pick(null)}>
              {t('Nobody in particular')}
            </button>
            {people.map((one) => (
              <button type="button" key={one.id} aria-pressed={one.id === person?.id} onClick={() => pick(one)}>
                <bdi>{one.name || one.email}</bdi>
                <small className="ltr">{one.name ? one.email : ''}</small>
              </button>
            ))}
            {text && !people.length && <p className="sub">{t('Nobody was found.')}</p>}
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
