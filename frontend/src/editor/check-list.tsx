/** What should be put right, each line leading to its block. */

import { IconAlertTriangle, IconBulb, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { t } from '../lib/i18n';
import type { Check } from './checks';
import { focusBlock } from './context';
import { select } from './store';
import { Remedies } from './target';
import { show } from './view';

const CheckIcon = ({ severity }: Pick<Check, 'severity'>) =>
  severity === 'error' ? <IconCircleX size={17} /> : severity === 'hint' ? <IconBulb size={17} /> : <IconAlertTriangle size={17} />;

type Props = { checks: readonly Check[]; onPick?(): void };

export function CheckList({ checks, onPick }: Props) {
  if (!checks.length) {
    return (
      <p className="ke-check-good">
        <IconCircleCheck size={17} aria-hidden="true" /> {t('Nothing to put right.')}
      </p>
    );
  }
  const go = (check: Check) => {
    show({ sheet: null, preview: false });
    onPick?.();
    if (check.block) {
      select(check.block);
      focusBlock(check.block);
    } else document.getElementById('ke-subject')?.focus();
  };
  return (
    <ul className="ke-checks">
      {checks.map((check) => (
        <li key={`${check.block}.${check.message}`}>
          <button type="button" className={`ke-check-${check.severity}`} onClick={() => go(check)}>
            <CheckIcon severity={check.severity} />
            <span>{check.message}</span>
          </button>
          <Remedies check={check} />
        </li>
      ))}
    </ul>
  );
}
