/** Send the text on screen to a few numbers. Loaded when asked for. */

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

export default function SmsTestDialog({
  person: viewed,
  onClose,
}: {
  person: Person | null;
  onClose(): void;
}) {
  const { urls } = useData();
  const [numbers, setNumbers] = useState('');
  const [person, setPerson] = useState<Person | null>(viewed);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const to = numbers
    .split(/[,;\n]+/)
    .map((one) => one.trim())
    .filter(Boolean);
  const send = async () => {
    if (!urls.text) return;
    const { body } = useEditor.getState().draft;
    setBusy(true);
    setOutcome(null);
    try {
      const answer = await post<{ message: string }>(urls.text.test, {
        to,
        contact_id: person?.id ?? null,
        body,
      });
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
          <button type="button" className="btn btn-primary" disabled={!to.length || busy} onClick={send}>
            <IconSend size={16} className="flip" aria-hidden="true" /> {busy ? t('Sending…') : t('Send')}
          </button>
        </>
      }
    >
      <label className="ke-setting">
        <span className="form-label">{t('Mobile numbers, with commas between them')}</span>
        <input
          className="form-control"
          dir="ltr"
          inputMode="tel"
          autoComplete="tel"
          placeholder="050-123-4567"
          value={numbers}
          onChange={(event) => setNumbers(event.target.value)}
        />
      </label>
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
