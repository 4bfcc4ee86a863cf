/** An empty builder: what a condition is, with examples that are one click away. */

import { IconCake, IconMail, IconMailOff, IconUserPlus } from '@tabler/icons-react';
import { addTo } from './changes';
import type { Rule, Vocabulary } from './contract';
import { useBuilder } from './store';
import { type Group, nodeOf } from './tree';
import { t } from './words';

type Example = { words: string; rule: Rule; icon: typeof IconCake };

function examplesOf(words: Vocabulary): Example[] {
  const has = (kind: string) => words.kinds.some(({ key }) => key === kind);
  const list = words.lists.find(({ is_all }) => !is_all);
  return [
    ...(words.fields.some(({ key }) => key === 'birthday')
      ? [{ words: t('Has a birthday this month'), icon: IconCake, rule: { field: 'birthday', op: 'month_is', value: 'this' } }]
      : []),
    ...(has('message.opened')
      ? [
          { words: t('Opened a mail in the last 30 days'), icon: IconMail, rule: { did: 'message.opened', within: 'P30D' } },
          { words: t('Opened nothing for 90 days'), icon: IconMailOff, rule: { not: { did: 'message.opened', within: 'P90D' } } },
        ]
      : []),
    ...(list
      ? [{ words: t('Joined “{name}” in the last 7 days', { name: list.label }), icon: IconUserPlus, rule: { list: list.key, joined: { within: 'P7D' } } }]
      : []),
  ];
}

export function Examples({ root, noun }: { root: Group; noun: 'contact' | 'block' }) {
  const { store, words } = useBuilder();
  return (
    <div className="kr-empty">
      <p>
        <b>{noun === 'block' ? t('Everybody sees this block.') : t('No condition yet: everybody is in.')}</b>{' '}
        {t('A condition is a sentence about a person. Choose what it is about, or start from an example:')}
      </p>
      <div className="kr-samples">
        {examplesOf(words).map(({ words: said, rule, icon: Icon }) => (
          <button type="button" key={said} className="kr-sample" onClick={() => store.change((now) => addTo(now, root.id, nodeOf(rule)))}>
            <Icon size={16} aria-hidden="true" /> {said}
          </button>
        ))}
      </div>
    </div>
  );
}
