/** The ways of a lot: their names, and shares that always make 100 together. */

import { IconEqual, IconPlus, IconTrash } from '@tabler/icons-react';
import { t } from '../lib/i18n';
import { usePage } from './context';
import type { Branch } from './contract';
import { IconButton } from './icons';
import { addBranch, balanced, branchesOf, evenly, writeBranches } from './model';
import { change, useJourney } from './store';

export function Shares({ id }: { id: string }) {
  const { kinds } = usePage();
  const step = useJourney((state) => state.graph.nodes[id]);
  const branches = branchesOf(step ?? { kind: '' });
  const write = (now: readonly Branch[], what: string | null = null) => change((graph) => writeBranches(graph, id, now, kinds), what && `${id}.${what}`);
  const share = (shares: readonly number[]) => branches.map((branch, at) => ({ ...branch, share: shares[at] ?? 1 }));
  const shares = branches.map(({ share: part = 0 }) => part);
  const whole = shares.reduce((sum, part) => sum + part, 0);
  const spread = (now: readonly Branch[]) => {
    const parts = evenly(now.length);
    return now.map((branch, at) => ({ ...branch, share: parts[at] ?? 1 }));
  };
  return (
    <fieldset className="kj-setting">
      <legend className="form-label">{t('Ways')}</legend>
      <div className="kj-shares" aria-hidden="true">
        {shares.map((part, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: ways have no identity but their place
          <span key={at} style={{ flexGrow: part }} className={`k-hue-${HUES[at % HUES.length]}`}>
            {part}%
          </span>
        ))}
      </div>
      {branches.map((branch, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ways have no identity but their place
        <div key={at} className="kj-row kj-share">
          <input
            className="form-control"
            dir="auto"
            aria-label={t('Name of way {number}', { number: at + 1 })}
            placeholder={t('Way {number}', { number: at + 1 })}
            value={branch.label ?? ''}
            onChange={(event) => write(branches.with(at, withLabel(branch, event.target.value)), `label${at}`)}
          />
          <input
            className="form-control kj-count"
            type="number"
            dir="ltr"
            min={1}
            max={100 - branches.length + 1}
            aria-label={t('Share of way {number} in percent', { number: at + 1 })}
            value={branch.share ?? ''}
            onChange={(event) => write(share(balanced(shares, at, event.target.valueAsNumber)), `share${at}`)}
          />
          <span aria-hidden="true">%</span>
          <IconButton label={t('Delete way {number}', { number: at + 1 })} disabled={branches.length < 2} onClick={() => write(spread(branches.toSpliced(at, 1)))}>
            <IconTrash size={15} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      {whole !== 100 && <p className="kj-help kj-bad">{t('The shares make {count}% together, not 100%.', { count: whole })}</p>}
      <div className="kj-row kj-wrap">
        <button
          type="button"
          className="btn btn-sm"
          onClick={() =>
            change((graph) => {
              const made = addBranch(graph, id, { share: 1 }, kinds);
              return writeBranches(made, id, spread(branchesOf(made.nodes[id] ?? { kind: '' })), kinds);
            })
          }
        >
          <IconPlus size={15} aria-hidden="true" /> {t('Add a way')}
        </button>
        <button type="button" className="btn btn-sm" onClick={() => write(spread(branches))}>
          <IconEqual size={15} aria-hidden="true" /> {t('Share evenly')}
        </button>
      </div>
      <p className="kj-help">{t('Whoever comes again may fall to another way.')}</p>
    </fieldset>
  );
}

const HUES = ['blue', 'moss', 'amber', 'plum', 'coral', 'teal'] as const;

export function withLabel(branch: Branch, label: string): Branch {
  const { label: _old, ...rest } = branch;
  return label ? { ...rest, label } : rest;
}
