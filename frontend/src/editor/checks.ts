/** What should be put right before sending: what the server found, and what is seen at once while typing. */

import { t } from '../lib/i18n';
import type { Field, Problem, ProblemData } from './contract';
import { addressProblem } from './links';
import { type Block, type Draft, setting, walk } from './model';
import { fieldOf, folded, nearestField, tagsIn } from './tags';

export type Check = {
  message: string;
  block: string | null;
  severity: 'error' | 'warning' | 'hint';
  code?: string | undefined;
  data?: ProblemData | undefined;
};

const UNKNOWN = 'unknown_tag';

export function checksOf(draft: Draft, fields: readonly Field[], server: readonly Problem[]): Check[] {
  const local = [...envelopeChecks(draft, fields)];
  for (const { block } of walk(draft.body.blocks)) local.push(...blockChecks(block, fields));
  const known = new Set([...walk(draft.body.blocks)].map(({ block }) => block.id));
  const found = server.map(fromServer).filter(({ block }) => block === null || known.has(block));
  const isNew = (check: Check) => !local.some((one) => one.block === check.block && (one.message === check.message || isSameTag(one, check)));
  return [...local, ...found.filter(isNew)].toSorted((one, other) => rank(one) - rank(other));
}

const isSameTag = (one: Check, other: Check): boolean =>
  one.code === UNKNOWN && other.code === UNKNOWN && folded(String(one.data?.tag)) === folded(String(other.data?.tag));

const RANKS = { error: 0, warning: 1, hint: 2 } as const;
const rank = ({ severity }: Check): number => RANKS[severity];

function fromServer(problem: Problem): Check {
  const block = problem.block_id || problem.block || /^blocks\.([^.[]+)/.exec(problem.path ?? '')?.[1] || null;
  return { message: problem.message, block, severity: problem.severity ?? 'warning', code: problem.code, data: problem.data };
}

function* envelopeChecks(draft: Draft, fields: readonly Field[]): Generator<Check> {
  for (const tag of tagsIn(`${draft.subject} ${draft.preheader}`)) {
    if (!fieldOf(tag.key, fields)) yield unknownField(tag.key, null, fields);
  }
}

function* blockChecks(block: Block, fields: readonly Field[]): Generator<Check> {
  for (const text of [setting(block, 'text'), setting(block, 'html'), setting(block, 'alt'), setting(block, 'url')]) {
    if (typeof text !== 'string') continue;
    for (const tag of tagsIn(text)) if (!fieldOf(tag.key, fields)) yield unknownField(tag.key, block.id, fields);
  }
  const url = setting(block, 'url');
  const problem = typeof url === 'string' ? addressProblem(url) : null;
  if (problem) yield { message: problem, block: block.id, severity: 'error' };
}

function unknownField(key: string, block: string | null, fields: readonly Field[]): Check {
  const meant = nearestField(key, fields)?.label;
  const message = meant
    ? t('No field is called “{name}”; did you mean “{meant}”?', { name: key, meant })
    : t('No field is called “{name}”', { name: key });
  return { message, block, severity: 'error', code: UNKNOWN, data: { tag: key } };
}
