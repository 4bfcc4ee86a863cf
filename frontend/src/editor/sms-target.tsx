/** Whom a piece of a text is for. Loaded when asked for, with the rule builder. */

import { useState } from 'react';
import { t } from '../lib/i18n';
import { type Rule, RuleBuilder } from '../rulebuilder/builder';
import { useData } from './context';
import { Dialog } from './dialog';
import type { SmsBlock } from './sms-contract';
import { patchBlock } from './store';

type Props = { block: SmsBlock; onClose(): void };

export default function TargetDialog({ block, onClose }: Props) {
  const { urls } = useData();
  const [rule, setRule] = useState<Rule | null>((block.show_if as Rule | undefined) ?? null);
  const done = (chosen: Rule | null) => {
    patchBlock(block.id, { show_if: chosen && !isForAll(chosen) ? chosen : undefined });
    onClose();
  };
  if (!urls.text) return null;
  return (
    <Dialog
      title={t('Who gets this piece')}
      wide
      onClose={onClose}
      footer={
        <>
          {block.show_if ? (
            <button type="button" className="btn" onClick={() => done(null)}>
              {t('Everybody')}
            </button>
          ) : null}
          <button type="button" className="btn btn-primary" onClick={() => done(rule)}>
            {t('Done')}
          </button>
        </>
      }
    >
      <RuleBuilder
        value={rule}
        onChange={setRule}
        urls={urls.text.rules}
        label={t('Who gets this piece')}
        noun="block"
      />
    </Dialog>
  );
}

/** A group of nothing holds for everybody, which is to have no rule. */
const isForAll = (rule: Rule): boolean => 'all' in rule && Array.isArray(rule.all) && rule.all.length === 0;
