/** The ways of a split: by a rule each, or by lot in given shares. */

import { IconPlus, IconTrash } from '@tabler/icons-react';
import { t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import type { Branch, Step } from './contract';
import { IconButton } from './icons';
import { branchesOf } from './model';
import { RuleField } from './settings';

type Props = { step: Step; put(part: Partial<Step>): void };

export function Branches({ step, put }: Props) {
  const branches = branchesOf(step);
  const isLot = step.kind === 'random_split';
  const write = (now: Branch[]) => put({ branches: now as unknown as Json });
  const set = (at: number, part: Partial<Branch>) => write(branches.map((one, place) => (place === at ? { ...one, ...part } : one)));
  const whole = branches.reduce((sum, { share = 0 }) => sum + share, 0);
  const add = () => {
    const label = t('Way {number}', { number: branches.length + 1 });
    const to = branches.at(-1)?.to ?? null;
    write([...branches, { label, to, ...(isLot ? { share: Math.max(0, 100 - whole) } : {}) }]);
  };
  return (
    <fieldset className="kj-setting">
      <legend className="form-label">{t('Ways')}</legend>
      {branches.map((branch, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ways have no identity but their place
        <div key={at} className="kj-branch">
          <div className="kj-row">
            <input
              className="form-control"
              dir="auto"
              aria-label={t('Name of way {number}', { number: at + 1 })}
              value={branch.label ?? ''}
              onChange={(event) => set(at, { label: event.target.value })}
            />
            {isLot && (
              <input
                className="form-control kj-count"
                type="number"
                dir="ltr"
                min={1}
                max={99}
                aria-label={t('Share of way {number} in percent', { number: at + 1 })}
                value={branch.share ?? ''}
                onChange={(event) => set(at, { share: event.target.valueAsNumber || 0 })}
              />
            )}
            <IconButton label={t('Delete')} disabled={branches.length < 2} onClick={() => write(branches.toSpliced(at, 1))}>
              <IconTrash size={15} aria-hidden="true" />
            </IconButton>
          </div>
          {!isLot && !branch.values && !branch.between && (
            <RuleField label={t('Who goes this way')} value={branch.rule} onChange={(rule) => set(at, { rule: rule as NonNullable<Branch['rule']> })} />
          )}
          {(branch.values || branch.between) && <p className="kj-help">{JSON.stringify(branch.values ?? branch.between)}</p>}
        </div>
      ))}
      {isLot && whole !== 100 && <p className="kj-help kj-bad">{t('The shares make {count}% together, not 100%.', { count: whole })}</p>}
      <button type="button" className="btn btn-sm" onClick={add}>
        <IconPlus size={15} aria-hidden="true" /> {t('Add a way')}
      </button>
    </fieldset>
  );
}

