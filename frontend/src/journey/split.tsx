/** A split into many ways: by the values of a field, by bands of a number, or by a condition each. */

import { IconArrowDown, IconArrowUp, IconPlus, IconTrash, IconUsersPlus } from '@tabler/icons-react';
import { t } from '../lib/i18n';
import type { Json } from '../rulebuilder/contract';
import { usePage } from './context';
import type { Branch, FieldWord, Step } from './contract';
import { Pick } from './field';
import { IconButton } from './icons';
import { addBranch, branchesOf, drawOtherwise, patchStep, targetOf, writeBranches } from './model';
import { RuleField } from './rulefield';
import { withLabel } from './shares';
import { change, useJourney, useView } from './store';
import { answersOf, emptied, type Manner, mannerOf, nextBand, NUMBERS, readValues, recast, VALUES, wordsOf } from './ways';

const MANNERS: Readonly<Record<Manner, () => string>> = {
  values: () => t('By values'),
  bands: () => t('By bands of a number'),
  rules: () => t('By conditions'),
};

export function Split({ id }: { id: string }) {
  const { data, kinds } = usePage();
  const step = useJourney((state) => state.graph.nodes[id]) as Step;
  const branches = branchesOf(step);
  const manner = mannerOf(step);
  const field = data.words.fields.find(({ key }) => key === step.field);
  const write = (now: readonly Branch[], what: string | null = null) => change((graph) => writeBranches(graph, id, now, kinds), what && `${id}.${what}`);
  const begin = (next: Manner, key: string | undefined) =>
    change((graph) => patchStep(writeBranches(graph, id, recast(step, next), kinds), id, { field: key } as Partial<Step>));
  const fits = (one: FieldWord, by: Manner) => (by === 'bands' ? NUMBERS : VALUES).includes(one.type);
  const answers = answersOf(field);
  const free = answers?.filter(({ value }) => !branches.some(({ values }) => values?.includes(value))) ?? [];
  const fill = () =>
    change((graph) => {
      const used = branches.filter(({ values }) => values?.length);
      const spare = branches.filter(({ values }) => !values?.length);
      let made = writeBranches(graph, id, [...used, ...spare.slice(0, free.length).map((one, at) => ({ ...one, values: [free[at]?.value ?? ''] }))], kinds);
      for (const { value } of free.slice(spare.length)) made = addBranch(made, id, { values: [value] }, kinds);
      return made;
    });
  return (
    <>
      <fieldset className="k-segmented kj-manners" aria-label={t('How people are told apart')}>
        {(Object.keys(MANNERS) as Manner[]).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === manner}
            onClick={() => one !== manner && begin(one, one !== 'rules' && field && fits(field, one) ? field.key : undefined)}
          >
            {MANNERS[one]()}
          </button>
        ))}
      </fieldset>
      {manner !== 'rules' && (
        <Pick
          label={t('Field')}
          value={step.field}
          options={data.words.fields.filter((one) => fits(one, manner))}
          onChange={(key) => begin(manner, key ? String(key) : undefined)}
        />
      )}
      <fieldset className="kj-setting">
        <legend className="form-label">{t('Ways, the first that fits')}</legend>
        {manner === 'values' && free.length > 1 && (
          <button type="button" className="btn btn-sm kj-fill" onClick={fill}>
            <IconUsersPlus size={15} aria-hidden="true" /> {t('A way for each value')}
          </button>
        )}
        {branches.map((branch, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: ways have no identity but their place
          <section key={at} className="kj-branch" aria-label={t('Way {number}', { number: at + 1 })}>
            <div className="kj-row">
              <input
                className="form-control"
                dir="auto"
                aria-label={t('Name of way {number}', { number: at + 1 })}
                placeholder={wordsOf({ ...branch, label: '' }, field) || t('Way {number}', { number: at + 1 })}
                value={branch.label ?? ''}
                onChange={(event) => write(branches.with(at, withLabel(branch, event.target.value)), `label${at}`)}
              />
              <Order branches={branches} at={at} write={write} />
            </div>
            {manner === 'values' && <Values branch={branch} field={field} at={at} onChange={(values) => write(branches.with(at, { ...branch, values }), `values${at}`)} />}
            {manner === 'bands' && <Band branch={branch} at={at} onChange={(between) => write(branches.with(at, { ...branch, between }), `band${at}`)} />}
            {manner === 'rules' && (
              <RuleField
                label={t('Who goes this way')}
                value={branch.rule}
                onChange={(rule) => write(branches.with(at, { ...branch, rule: (rule ?? { all: [] }) as NonNullable<Branch['rule']> }), `rule${at}`)}
              />
            )}
          </section>
        ))}
        <button
          type="button"
          className="btn btn-sm"
          onClick={() => change((graph) => addBranch(graph, id, { ...emptied({}, manner), ...(manner === 'bands' ? { between: nextBand(branches) } : {}) }, kinds))}
        >
          <IconPlus size={15} aria-hidden="true" /> {t('Add a way')}
        </button>
      </fieldset>
      <Otherwise id={id} />
    </>
  );
}

type OrderProps = { branches: readonly Branch[]; at: number; write(now: readonly Branch[]): void };

function Order({ branches, at, write }: OrderProps) {
  const swap = (other: number) => write(branches.with(at, branches[other] as Branch).with(other, branches[at] as Branch));
  return (
    <>
      <IconButton label={t('Move up')} disabled={at === 0} onClick={() => swap(at - 1)}>
        <IconArrowUp size={15} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('Move down')} disabled={at === branches.length - 1} onClick={() => swap(at + 1)}>
        <IconArrowDown size={15} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('Delete way {number}', { number: at + 1 })} disabled={branches.length < 2} onClick={() => write(branches.toSpliced(at, 1))}>
        <IconTrash size={15} aria-hidden="true" />
      </IconButton>
    </>
  );
}

type ValuesProps = { branch: Branch; field: FieldWord | undefined; at: number; onChange(values: Json[]): void };

function Values({ branch, field, at, onChange }: ValuesProps) {
  const answers = answersOf(field);
  const values = branch.values ?? [];
  if (!field) return <p className="kj-help">{t('Choose a field first.')}</p>;
  if (!answers) {
    return (
      <input
        key={field.key}
        className="form-control"
        dir="auto"
        aria-label={t('Values of way {number}', { number: at + 1 })}
        placeholder={t('Values, with commas between them')}
        defaultValue={values.join(', ')}
        onChange={(event) => onChange(readValues(event.target.value, field.type))}
      />
    );
  }
  return (
    <div className="kj-days">
      {answers.map(({ value, label }) => (
        <button
          key={String(value)}
          type="button"
          className="btn btn-sm"
          aria-pressed={values.includes(value)}
          onClick={() => onChange(values.includes(value) ? values.filter((one) => one !== value) : [...values, value])}
        >
          <bdi>{label}</bdi>
        </button>
      ))}
    </div>
  );
}

type BandProps = { branch: Branch; at: number; onChange(between: Json[]): void };

/** From … to, both ends in; an empty end is open. */
function Band({ branch, at, onChange }: BandProps) {
  const [low = null, high = null] = branch.between ?? [];
  const end = (value: Json, words: string, label: string, put: (now: number | null) => void) => (
    <label className="kj-end-field">
      <span>{words}</span>
      <input
        className="form-control"
        type="number"
        step="any"
        dir="ltr"
        aria-label={label}
        placeholder="∞"
        value={typeof value === 'number' ? value : ''}
        onChange={(event) => put(event.target.value === '' ? null : event.target.valueAsNumber)}
      />
    </label>
  );
  const isCrossed = typeof low === 'number' && typeof high === 'number' && low > high;
  return (
    <>
      <div className="kj-row">
        {end(low, t('from'), t('Way {number}, from', { number: at + 1 }), (now) => onChange([now, high]))}
        {end(high, t('to'), t('Way {number}, to', { number: at + 1 }), (now) => onChange([low, now]))}
      </div>
      {isCrossed && <p className="kj-help kj-bad">{t('It begins after it ends.')}</p>}
    </>
  );
}

/** Those whom no way fits; one click draws their way. What the server says of gaps and overlaps stands here too. */
function Otherwise({ id }: { id: string }) {
  const { kinds } = usePage();
  const isDrawn = useJourney((state) => targetOf(state.graph, { from: id, port: 'otherwise' }) !== null);
  const hasGap = useView((state) => state.problems.some(({ node, code }) => node === id && /uncovered/.test(code)));
  return (
    <div className={`k-note ${isDrawn ? '' : 'k-note-amber'}`}>
      <div>
        {isDrawn ? t('Everybody else, also who has no value, goes “otherwise”.') : hasGap ? t('Some people fit no way, and leave the journey here.') : t('Whoever fits no way leaves the journey here.')}{' '}
        {!isDrawn && (
          <button type="button" className="k-link-button" onClick={() => change((graph) => drawOtherwise(graph, id, kinds))}>
            {t('Draw “otherwise”')}
          </button>
        )}
      </div>
    </div>
  );
}
