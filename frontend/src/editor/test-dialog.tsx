/** Send what is on screen to oneself or to colleagues, filled in as for one contact. Loaded when asked for. */

import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { ApiError, post } from '../lib/api';
import { t } from '../lib/i18n';
import { useData } from './context';
import type { Person } from './contract';
import { Dialog } from './dialog';
import { PersonPicker } from './preview';
import { useEditor } from './store';

type Outcome = { good: boolean; message: string };
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export default function TestDialog({ onClose }: { onClose(): void }) {
  const { urls, user } = useData();
  const [toMe, setToMe] = useState(true);
  const [addresses, setAddresses] = useState('');
  const [person, setPerson] = useState<Person | null>(null);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const list = addresses.split(/[\s,;]+/).filter(Boolean);
  const wrong = list.filter((address) => !ADDRESS.test(address));
  const ready = toMe || (list.length > 0 && !wrong.length);
  const send = async () => {
    const { body, subject, preheader, name } = useEditor.getState().draft;
    setBusy(true);
    setOutcome(null);
    try {
      const to = toMe ? 'me' : list;
      const answer = await post<{ message: string }>(urls.test, { to, contact_id: person?.id ?? null, body, subject, preheader, name });
      setOutcome({ good: true, message: answer.message });
    } catch (error) {
      const isTold = error instanceof ApiError && !error.message.startsWith('HTTP');
      setOutcome({ good: false, message: isTold ? error.message : t('The test was not sent. Try again.') });
    }
    setBusy(false);
  };
  return (
    <Dialog
      title={t('Send a test')}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {outcome?.good ? t('Done') : t('Cancel')}
          </button>
          <button type="button" className="btn btn-primary" disabled={!ready || busy} onClick={send}>
            <IconSend size={16} className="flip" aria-hidden="true" /> {busy ? t('Sending…') : t('Send')}
          </button>
        </>
      }
    >
      <div className="ke-choices" role="radiogroup" aria-label={t('To whom')}>
        <label className="k-choice">
          <input type="radio" className="form-check-input" name="ke-to" checked={toMe} onChange={() => setToMe(true)} />
          <span>
            {t('To me')}
            {user?.email && <small className="ltr">{user.email}</small>}
          </span>
        </label>
        <label className="k-choice">
          <input type="radio" className="form-check-input" name="ke-to" checked={!toMe} onChange={() => setToMe(false)} />
          <span>{t('To other addresses')}</span>
        </label>
      </div>
      {!toMe && (
        <label className="ke-setting">
          <span className="form-label">{t('Addresses, with commas between them')}</span>
          <input
            className="form-control"
            dir="ltr"
            inputMode="email"
            placeholder="noa@example.com, dan@example.com"
            aria-invalid={wrong.length > 0}
            value={addresses}
            onChange={(event) => setAddresses(event.target.value)}
          />
          {wrong.length > 0 && <span className="k-error">{t('Not an address: {address}', { address: wrong[0] ?? '' })}</span>}
        </label>
      )}
      <div className="ke-setting">
        <span className="form-label">{t('Fields filled in')}</span>
        <PersonPicker person={person} onPick={setPerson} />
      </div>
      <p role="status" className={outcome ? (outcome.good ? 'ke-good' : 'k-error') : ''}>
        {outcome?.message}
      </p>
    </Dialog>
  );
}
