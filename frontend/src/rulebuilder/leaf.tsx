/** One condition: what it is about, how it compares, with what. Its whole row is a card on a phone. */

import { IconAlertTriangle, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useMemo, useRef } from 'react';
import { canUnwrap, copyOf, insertAfter, removeNode, replaceWith, setNots, setValue, step, unwrap, wrap } from './changes';
import type { Field, Json, Problem, Rule } from './contract';
import { PeriodEditor, Select } from './dates';
import { DidDetails } from './did';
import { useDragNode } from './drag';
import { ValueEditor } from './editors';
import { type Deed, Menu } from './menu';
import { Picker } from './picker';
import { copyNode, useBuilder, useRoot } from './store';
import { blank, carried, fieldOf, HUES, kindOf, labelOf, subjectsOf } from './subjects';
import { type Condition, type Form, isGroup, isNegated, isObject, type Node } from './tree';
import { plural, t } from './words';

type RowProps = { node: Condition; position: number };

export function Leaf({ node, position }: RowProps) {
  const { store, words, problems } = useBuilder();
  const json = isObject(node.value) ? node.value : {};
  const form = node.field as Form;
  const name = nameOf(node, words);
  // That it is gone is said once, in the row itself.
  const own = (problems.get(node.id) ?? []).filter(({ code }) => name !== null || !code.startsWith('unknown_'));
  const subjects = useMemo(() => subjectsOf(words), [words]);
  const label = t('Condition {position}: {name}', { position, name: name ?? t('not understood') });
  const { ref, grip, isDragging } = useDragNode(node.id, name ?? t('not understood'));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a row of a grid
    <div
      ref={ref}
      className={`kr-row kr-${form} ${isDragging ? 'kr-dragging' : ''}`}
      role="group"
      aria-label={label}
      data-node={node.id}
      data-problem={own.some(isReal) || undefined}
    >
      {grip}
      <div className="kr-parts">
        <Picker
          className={`kr-subject ${name === null ? 'kr-gone' : ''}`}
          label={t('About')}
          options={subjects}
          chosen={[subjectOf(form, json)]}
          shown={
            <span className="kr-subject-name">
              <i className={`kr-dot k-hue-${name === null ? 'coral' : (HUES[form] ?? 'slate')}`} aria-hidden="true" />
              {name ?? goneName(form, json)}
            </span>
          }
          onPick={(subject) => store.change((root) => replaceWith(root, node.id, blank(subject, words)))}
        />
        {name === null ? <GoneNote form={form} json={node.value} /> : <Comparison node={node} form={form} json={json} name={name} bad={own.some(isReal)} />}
      </div>
      <NodeTools node={node} label={label} />
      {own.filter(isReal).map((problem) => (
        <ProblemLine key={problem.path + problem.code} problem={problem} />
      ))}
    </div>
  );
}

/** What is only not filled in yet is no mistake. */
const isReal = ({ code }: Problem): boolean => code !== 'no_value' && code !== 'no_operator';

export function ProblemLine({ problem }: { problem: Problem }) {
  return (
    <p className={`kr-problem kr-${problem.severity}`}>
      <IconAlertTriangle size={15} aria-hidden="true" />
      <span>{problem.message}</span>
    </p>
  );
}

const subjectOf = (form: Form, json: Rule): string => (form === 'identified' ? 'identified:true' : `${form}:${String(json[form])}`);

function nameOf(node: Condition, words: ReturnType<typeof useBuilder>['words']): string | null {
  const json = isObject(node.value) ? node.value : {};
  switch (node.field as Form) {
    case 'field': {
      const field = fieldOf(json, words);
      return field?.operators.some(({ op }) => op === json.op) ? field.label : null;
    }
    case 'list':
      return listOf(json.list, words) ? t('List') : null;
    case 'segment':
      return labelOf(words.segments, json.segment) === undefined ? null : t('Segment');
    case 'consent':
      return labelOf(words.channels, json.consent) === undefined ? null : t('Consent');
    case 'identified':
      return typeof json.identified === 'boolean' ? t('Visitor') : null;
    case 'did':
      return kindOf(json, words)?.label ?? null;
    default:
      return null;
  }
}

const listOf = (key: Json | undefined, words: ReturnType<typeof useBuilder>['words']) => words.lists.find((one) => one.key === key || one.id === key);

const goneName = (form: Form, json: Rule): string => (typeof json[form] === 'string' ? json[form] : t('Not understood'));

/** A condition about what was deleted since: it stays, and says so. */
function GoneNote({ form, json }: { form: Form; json: Json }) {
  const words: Record<string, string> = {
    field: t('This field is gone'),
    list: t('This list is gone'),
    segment: t('This segment is gone'),
    did: t('This event is gone'),
    consent: t('This channel is gone'),
  };
  return (
    <span className="kr-gone-note">
      {words[form] ?? t('This condition is not understood here and is kept as it is')} <code className="ltr">{JSON.stringify(json)}</code>
    </span>
  );
}

type ComparisonProps = { node: Condition; form: Form; json: Rule; name: string; bad: boolean };

function Comparison(props: ComparisonProps): ReactNode {
  switch (props.form) {
    case 'field':
      return <FieldComparison {...props} />;
    case 'list':
      return <ListComparison {...props} />;
    case 'did':
      return <DidComparison {...props} />;
    default:
      return <Named {...props} />;
  }
}

const NOT = '!';

/** Each operator, and below them each in its negation: "does not contain" instead of a box to tick. */
function FieldComparison({ node, json, name, bad }: ComparisonProps) {
  const { store, words } = useBuilder();
  const field = fieldOf(json, words) as Field;
  const operator = field.operators.find(({ op }) => op === json.op);
  // Who walks through the comparisons by arrows passes some without a value: it is not lost on the way.
  const last = useRef<{ value: Json | undefined; editor: string }>({ value: undefined, editor: 'none' });
  const pick = (picked: string) => {
    const op = picked.replace(NOT, '');
    const next = field.operators.find((one) => one.op === op);
    if (!next || !operator) return;
    if (operator.editor !== 'none') last.current = { value: json.value, editor: operator.editor };
    const { value: kept, editor } = last.current;
    const value = op === json.op ? json : { field: field.key, op, ...carried(kept, editor, next, field) };
    store.change((root) => setNots(setValue(root, node.id, value), node.id, picked.startsWith(NOT) ? 1 : 0));
  };
  return (
    <>
      <select
        className="form-select kr-operator"
        aria-label={t('{what}: comparison', { what: name })}
        value={`${isNegated(node) ? NOT : ''}${String(json.op)}`}
        onChange={(event) => pick(event.target.value)}
      >
        {field.operators.map((one) => (
          <option key={one.op} value={one.op}>
            {one.label}
          </option>
        ))}
        <hr />
        {field.operators.map((one) => (
          <option key={NOT + one.op} value={NOT + one.op}>
            {one.negation}
          </option>
        ))}
      </select>
      <ValueEditor
        key={operator?.editor}
        editor={operator?.editor ?? 'none'}
        label={t('{what}: value', { what: name })}
        field={field}
        value={json.value}
        invalid={bad}
        onChange={(value, what) => {
          const { value: _old, ...rest } = json;
          store.setValue(node.id, value === undefined ? rest : { ...rest, value }, what);
        }}
      />
      {field.archived && <span className="k-chip k-hue-amber">{t('archived')}</span>}
    </>
  );
}

function ListComparison({ node, json }: ComparisonProps) {
  const { store, words } = useBuilder();
  const list = listOf(json.list, words);
  const joined = isObject(json.joined) ? json.joined : null;
  const mode = `${isNegated(node) ? NOT : ''}${joined ? 'joined' : 'in'}`;
  const options = [
    ['in', t('is in')],
    [`${NOT}in`, t('is not in')],
    ['joined', t('joined')],
    [`${NOT}joined`, t('did not join')],
  ] as const;
  const pick = (picked: string) => {
    const rest = { list: json.list ?? '' };
    const value = picked.endsWith('joined') ? { ...rest, joined: joined ?? { within: 'P30D' } } : rest;
    store.change((root) => setNots(setValue(root, node.id, value), node.id, picked.startsWith(NOT) ? 1 : 0));
  };
  return (
    <>
      <Select label={t('Membership')} value={mode} options={list?.is_all ? options.slice(0, 2) : options} onChange={pick} />
      <Picker
        label={t('List')}
        options={words.lists.map((one) => ({ value: one.key, label: one.label, search: one.key }))}
        chosen={list ? [list.key] : []}
        onPick={(key) => store.setValue(node.id, { ...json, list: key })}
      />
      {joined && (
        <PeriodEditor
          label={t('When they joined')}
          ever={null}
          period={joined}
          today={words.today}
          onChange={(period, what) => store.setValue(node.id, { ...json, joined: period }, what)}
        />
      )}
    </>
  );
}

/** A segment, a channel or a visitor: is, or is not. */
function Named({ node, form, json }: ComparisonProps) {
  const { store, words } = useBuilder();
  const yes: Record<string, readonly [string, string]> = {
    segment: [t('is in'), t('is not in')],
    consent: [t('has agreed to receive'), t('has not agreed to receive')],
    identified: [t('is known'), t('is not known')],
  };
  const flip = form === 'identified' && json.identified === false;
  const is = isNegated(node) === flip;
  const [positive, negative] = yes[form] ?? ['', ''];
  const choices = form === 'segment' ? words.segments : form === 'consent' ? words.channels : [];
  return (
    <>
      <Select
        label={t('Is it so')}
        value={is ? 'yes' : 'no'}
        options={[
          ['yes', positive],
          ['no', negative],
        ]}
        onChange={(answer) => store.change((root) => setNots(root, node.id, (answer === 'yes') === !flip ? 0 : 1))}
      />
      {choices.length > 0 && (
        <Picker
          label={form === 'segment' ? t('Segment') : t('Channel')}
          options={choices.map((one) => ({ value: one.key, label: one.label, search: one.key }))}
          chosen={[String(json[form])]}
          onPick={(key) => store.setValue(node.id, { ...json, [form]: key })}
        />
      )}
    </>
  );
}

function DidComparison({ node, json, name }: ComparisonProps) {
  const { store } = useBuilder();
  return (
    <>
      <Select
        label={t('{what}: happened or not', { what: name })}
        value={isNegated(node) ? 'no' : 'yes'}
        options={[
          ['yes', t('happened')],
          ['no', t('did not happen')],
        ]}
        onChange={(answer) => store.change((root) => setNots(root, node.id, answer === 'no' ? 1 : 0))}
      />
      <DidDetails json={json} name={name} negated={isNegated(node)} onChange={(next, what) => store.setValue(node.id, next, what)} />
    </>
  );
}

/** Take away, and what else can be done with a condition or a group. */
export function NodeTools({ node, label }: { node: Node; label: string }) {
  const { store, announce } = useBuilder();
  const root = useRoot(store);
  const remove = () => {
    store.change((now) => removeNode(now, node.id));
    announce(isGroup(node) ? t('The group was removed. Undo with Ctrl+Z.') : t('The condition was removed. Undo with Ctrl+Z.'));
  };
  const deeds: Deed[] = [
    { label: t('Move up'), keys: 'Alt+↑', onDo: () => store.change((now) => step(now, node.id, -1)) },
    { label: t('Move down'), keys: 'Alt+↓', onDo: () => store.change((now) => step(now, node.id, 1)) },
    { label: t('Duplicate'), keys: 'Ctrl+D', onDo: () => store.change((now) => insertAfter(now, node.id, copyOf(node))) },
    {
      label: t('Copy'),
      keys: 'Ctrl+C',
      onDo: () => {
        void copyNode(node);
        announce(t('Copied'));
      },
    },
    ...(isGroup(node)
      ? [{ label: t('Ungroup'), disabled: !canUnwrap(root, node.id), onDo: () => store.change((now) => unwrap(now, node.id)) }]
      : [{ label: t('Put into a group of alternatives'), onDo: () => store.change((now) => wrap(now, node.id, 'any')) }]),
  ];
  return (
    <div className="kr-tools">
      <Menu label={t('More: {name}', { name: label })} deeds={deeds} />
      <button type="button" className="k-icon-button" aria-label={t('Remove: {name}', { name: label })} title={t('Remove')} onClick={remove}>
        <IconTrash size={16} aria-hidden="true" />
      </button>
    </div>
  );
}

export const countWords = (count: number): string => plural(count, 'One condition', '{count} conditions');
