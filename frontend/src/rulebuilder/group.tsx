/** Conditions that are joined: all of them, at least one, none, or not all together. Groups stand in groups. */

import { IconBoxMultiple, IconClipboard, IconPlus } from '@tabler/icons-react';
import { Fragment, useMemo } from 'react';
import { addTo, copyOf, setJoin } from './changes';
import { Select } from './dates';
import { Hollow, Mark, useDragNode } from './drag';
import { countWords, Leaf, NodeTools, ProblemLine } from './leaf';
import { Picker } from './picker';
import { lastCopied, useBuilder } from './store';
import { blank, subjectsOf } from './subjects';
import { conditionOf, type Group as GroupNode, groupOf, isGroup, isNegated } from './tree';
import { t } from './words';

const joins = (): readonly (readonly [string, string])[] => [
  ['all', t('All of these hold')],
  ['any', t('At least one of these holds')],
  ['!any', t('None of these holds')],
  ['!all', t('Not all of these hold together')],
];

export function Group({ node, isRoot = false, position = 1 }: { node: GroupNode; isRoot?: boolean; position?: number }) {
  const { store, problems } = useBuilder();
  const join = `${isNegated(node) ? '!' : ''}${node.combinator}`;
  const words = joins().find(([key]) => key === join)?.[1] ?? '';
  const label = isRoot ? words : t('Group {position}: {words}, {count}', { position, words, count: countWords(node.rules.length) });
  const between = node.combinator === 'all' ? t('and') : t('or');
  const showsJoin = !isRoot || node.rules.length > 1 || join !== 'all';
  const { ref, grip, isDragging } = useDragNode(node.id, label);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid
    <div
      ref={isRoot ? undefined : ref}
      className={`kr-group ${isRoot ? 'kr-root' : ''} ${isNegated(node) ? 'kr-negated' : ''} ${isDragging ? 'kr-dragging' : ''}`}
      role="group"
      aria-label={label}
      data-node={node.id}
    >
      {showsJoin && (
        <header className="kr-head">
          {!isRoot && grip}
          <Select
            label={isRoot ? t('How the conditions are joined') : t('Group {position}: how its conditions are joined', { position })}
            value={join}
            options={joins()}
            onChange={(next) => store.change((root) => setJoin(root, node.id, next.endsWith('any') ? 'any' : 'all', next.startsWith('!') ? 1 : 0))}
          />
          {!isRoot && <NodeTools node={node} label={label} />}
        </header>
      )}
      {(problems.get(node.id) ?? []).map((problem) => (
        <ProblemLine key={problem.path + problem.code} problem={problem} />
      ))}
      <div className="kr-rows">
        {node.rules.map((child, index) => (
          <Fragment key={child.id}>
            {index > 0 && (
              <div className="kr-between" aria-hidden="true">
                <span>{between}</span>
              </div>
            )}
            <Mark parent={node.id} index={index} />
            {isGroup(child) ? <Group node={child} position={index + 1} /> : <Leaf node={child} position={index + 1} />}
          </Fragment>
        ))}
        {node.rules.length ? <Mark parent={node.id} index={node.rules.length} last /> : <Hollow parent={node.id} />}
      </div>
      <Adders node={node} isRoot={isRoot} />
    </div>
  );
}

function Adders({ node, isRoot }: { node: GroupNode; isRoot: boolean }) {
  const { store, words } = useBuilder();
  const subjects = useMemo(() => subjectsOf(words), [words]);
  const copied = lastCopied();
  const focusNew = (id: string) =>
    requestAnimationFrame(() => {
      const row = document.querySelector(`[data-node="${CSS.escape(id)}"]`);
      // The value of a field is what is left to say; of anything else, whether it is so.
      const value = row?.querySelector<HTMLElement>('.kr-operator ~ :is(input, button), .kr-operator ~ * :is(input, button, select)');
      (value ?? row?.querySelector<HTMLElement>('select, button'))?.focus();
    });
  return (
    <div className="kr-adders">
      <Picker
        className="kr-add btn btn-sm"
        label={t('Add a condition')}
        options={subjects}
        chosen={[]}
        shown={
          <span className="kr-adding">
            <IconPlus size={15} aria-hidden="true" /> {t('Condition')}
          </span>
        }
        onPick={(subject) => {
          const fresh = conditionOf(blank(subject, words));
          store.change((root) => addTo(root, node.id, fresh));
          focusNew(fresh.id);
        }}
      />
      <button
        type="button"
        className="btn btn-sm"
        onClick={() => {
          const fresh = groupOf(node.combinator === 'all' ? 'any' : 'all');
          store.change((root) => addTo(root, node.id, fresh));
          focusNew(fresh.id);
        }}
      >
        <IconBoxMultiple size={15} aria-hidden="true" /> {t('Group')}
      </button>
      {isRoot && copied && (
        <button type="button" className="btn btn-sm" onClick={() => store.change((root) => addTo(root, node.id, copyOf(copied)))}>
          <IconClipboard size={15} aria-hidden="true" /> {t('Paste')}
        </button>
      )}
    </div>
  );
}
