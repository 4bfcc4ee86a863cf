/** Choose who sees a block. Loaded when asked for, with the rule builder. */

import { useEffect, useState } from 'react';
import { post } from '../lib/api';
import { number, plural, t } from '../lib/i18n';
import { RuleBuilder } from '../rulebuilder/builder';
import type { Rule } from '../rulebuilder/contract';
import { announce, focusBlock, useData } from './context';
import type { Counts } from './contract';
import { Dialog } from './dialog';
import { find, patch, ruleOf } from './model';
import { blocksNow, patchBlock, useEditor } from './store';
import { useBlockNames } from './target';

const isEverybody = (rule: Rule): boolean => Array.isArray(rule.all) && rule.all.length === 0;

export default function TargetDialog({ id, onClose }: { id: string; onClose(): void }) {
  const { urls } = useData();
  const block = find(blocksNow(), id);
  const [rule, setRule] = useState<Rule | null>(block ? ruleOf(block) : null);
  const name = useBlockNames()(id);
  const reach = useReach(id, rule, urls.counts);
  if (!block || !urls.rules) return null;
  const keep = (kept: Rule | null) => {
    patchBlock(id, { show_if: kept && !isEverybody(kept) ? kept : undefined });
    announce(kept && !isEverybody(kept) ? t('The block is shown to chosen contacts') : t('The block is shown to everybody'));
    onClose();
    focusBlock(id);
  };
  return (
    <Dialog
      title={t('Who sees this block?')}
      wide
      sticky
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn btn-danger ke-start" disabled={ruleOf(block) === null} onClick={() => keep(null)}>
            {t('Show it to everybody')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('Cancel')}
          </button>
          <button type="button" className="btn btn-primary" onClick={() => keep(rule)}>
            {t('Save the conditions')}
          </button>
        </>
      }
    >
      <p className="sub ke-target-intro">
        <bdi>{name}</bdi>
        <br />
        {t('Who does not meet the conditions gets the mail without this block.')}
      </p>
      <RuleBuilder value={rule} onChange={setRule} urls={urls.rules} label={t('Who sees this block?')} noun="block" reach={reach ?? undefined} />
    </Dialog>
  );
}

const PAUSE_MS = 350;

/** How many of the mail's own audience will see the block, once the rule can be counted. */
function useReach(id: string, rule: Rule | null, url: string | undefined): string | null {
  const [counts, setCounts] = useState<Counts | null>(null);
  const asked = JSON.stringify(rule);
  useEffect(() => {
    setCounts(null);
    const read = JSON.parse(asked) as Rule | null;
    if (!url || !read || isEverybody(read)) return;
    const stop = new AbortController();
    const { body } = useEditor.getState().draft;
    const tried = { ...body, blocks: patch(body.blocks, id, { show_if: read }) };
    const timer = setTimeout(() => {
      post<Counts>(url, { body: tried }, { signal: stop.signal })
        .then(setCounts)
        .catch(() => setCounts(null));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, id, url]);
  const count = counts?.blocks[id];
  if (count === undefined || !counts) return null;
  return plural(count, 'One contact of {total} will see the block', '{count} contacts of {total} will see the block', { total: number(counts.total) });
}
