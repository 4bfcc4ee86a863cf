/** Targeting on the canvas and beside it: the icon, the badge of a targeted block, what to do about a gap. */

import './target.css';
import { IconEyeOff, IconPlus, IconTargetArrow, IconUsersGroup, IconUserSearch } from '@tabler/icons-react';
import { isRtl, number, plural, t } from '../lib/i18n';
import type { Check } from './checks';
import type { Field } from './contract';
import { announce, focusBlock, useData, useKind } from './context';
import { IconButton } from './icons';
import { type Block, find, ruleOf, setting, walk } from './model';
import { PersonPicker } from './preview';
import { addOtherwise, useEditor } from './store';
import { fieldOf, pieces } from './tags';
import { targetedIn, useTargeting } from './targets';
import { show, useView } from './view';

const useRule = (id: string) =>
  useEditor((state) => {
    const block = find(state.draft.body.blocks, id);
    return block ? ruleOf(block) : null;
  });

export function TargetButton({ id }: { id: string }) {
  const rule = useRule(id);
  return (
    <IconButton
      className={rule ? 'ke-target-on' : ''}
      label={rule ? t('Who sees it: chosen contacts') : t('Who sees it: everybody')}
      aria-haspopup="dialog"
      onClick={() => show({ targeting: id })}
    >
      <IconTargetArrow size={16} />
    </IconButton>
  );
}

/** On the upper edge of a targeted block: the rule in words, and how many see it. */
export function TargetBadge({ id }: { id: string }) {
  const sentence = useTargeting((state) => state.sentences[id]);
  const count = useTargeting((state) => state.counts?.blocks[id]);
  const about = useTargeting((state) => state.counts?.about ?? false);
  const words = sentence ?? t('Chosen contacts');
  return (
    <button type="button" className="ke-badge-target" dir={isRtl() ? 'rtl' : 'ltr'} title={words} onClick={() => show({ targeting: id })}>
      <IconTargetArrow size={14} aria-hidden="true" />
      <span className="visually-hidden">{t('Who sees it')}: </span>
      <span>{words}</span>
      {count !== undefined && <b className="num">{about ? `≈${number(count)}` : number(count)}</b>}
    </button>
  );
}

export function GhostNote() {
  const person = useView((state) => state.person);
  if (!person) return null;
  return (
    <span className="ke-ghost-note" dir={isRtl() ? 'rtl' : 'ltr'}>
      <IconEyeOff size={16} aria-hidden="true" />
      <span>{t('Hidden from {name}', { name: person.name || person.email })}</span>
    </span>
  );
}

/** In the inspector: who sees the block, in words. */
export function TargetSection({ id }: { id: string }) {
  const rule = useRule(id);
  const sentence = useTargeting((state) => state.sentences[id]);
  const counts = useTargeting((state) => state.counts);
  const count = rule ? counts?.blocks[id] : undefined;
  return (
    <section className="ke-group ke-target" aria-label={t('Who sees it')}>
      <h3>{t('Who sees it')}</h3>
      <button type="button" className={`ke-target-button ${rule ? 'ke-target-on' : ''}`} aria-haspopup="dialog" onClick={() => show({ targeting: id })}>
        <IconTargetArrow size={18} aria-hidden="true" />
        <span>{rule ? (sentence ?? t('Chosen contacts')) : t('Everybody sees it')}</span>
      </button>
      {count !== undefined && counts && (
        <p className="ke-hint">
          {plural(count, 'One contact of {total} will see the block', '{count} contacts of {total} will see the block', { total: number(counts.total) })}
        </p>
      )}
    </section>
  );
}

/** The bar's choice of whom the canvas is looked at as. */
export function ViewAs() {
  const person = useView((state) => state.person);
  const targeted = useEditor((state) => targetedIn(state.draft.body.blocks).length > 0);
  const notSent = useTargeting((state) => state.notSent);
  if (!targeted && !person) return null;
  return (
    <div className="ke-view-as">
      <PersonPicker
        person={person}
        onPick={(picked) => {
          show({ person: picked });
          if (picked) announce(t('The mail is shown as {name} gets it', { name: picked.name || picked.email }));
        }}
      />
      {notSent && (
        <span className="k-chip k-hue-coral" title={notSent}>
          {t('Would not be sent')}
        </span>
      )}
    </div>
  );
}

export function CoverageButton() {
  const targeted = useEditor((state) => targetedIn(state.draft.body.blocks).length > 0);
  const { urls } = useData();
  if (!targeted || !urls.coverage) return null;
  return (
    <IconButton label={t('Who sees what')} aria-haspopup="dialog" onClick={() => show({ covering: true })}>
      <IconUsersGroup size={18} />
    </IconButton>
  );
}

/** One click against a problem of targeting: a block for everybody else, or a look at somebody whom it concerns. */
export function Remedies({ check }: { check: Check }) {
  const kind = useKind('text');
  const { data } = check;
  const { urls } = useData();
  if (!data?.otherwise && !data?.contact && !data?.rule) return null;
  const { otherwise, after, contact, rule } = data;
  return (
    <div className="ke-remedies">
      {otherwise && kind && (
        <button
          type="button"
          className="btn btn-sm"
          onClick={() => {
            focusBlock(addOtherwise(kind, otherwise, after));
            show({ sheet: null, covering: false });
            announce(t('A block for everybody else was added'));
          }}
        >
          <IconPlus size={15} aria-hidden="true" /> {t('Add a block for everybody else')}
        </button>
      )}
      {rule && !contact && urls.coverage && (
        <button type="button" className="btn btn-sm" aria-haspopup="dialog" onClick={() => show({ covering: true, sheet: null })}>
          <IconUsersGroup size={15} aria-hidden="true" /> {t('Who are they?')}
        </button>
      )}
      {contact && (
        <button type="button" className="btn btn-sm" onClick={() => show({ person: contact, covering: false, preview: false, sheet: null })}>
          <IconUserSearch size={15} aria-hidden="true" /> {t('View as {name}', { name: contact.name || contact.email })}
        </button>
      )}
    </div>
  );
}

const LONGEST_SNIPPET = 42;

/** A block as people would call it: its kind and how its text begins. */
export function useBlockNames(): (id: string) => string {
  const { blocks: kinds, fields } = useData();
  const blocks = useEditor((state) => state.draft.body.blocks);
  const kindOf = (block: Block) => kinds.find(({ key }) => key === block.kind)?.label ?? block.kind;
  const names = new Map([...walk(blocks)].map(({ block }) => [block.id, nameOf(block, kindOf(block), fields)]));
  return (id) => names.get(id) ?? id;
}

function nameOf(block: Block, kind: string, fields: readonly Field[]): string {
  const text = String(setting(block, 'text') ?? setting(block, 'html') ?? setting(block, 'alt') ?? '');
  const said = pieces(text.replace(/<[^>]*>/g, ' ').replace(/&nbsp;/g, ' '));
  const words = said.map((piece) => (typeof piece === 'string' ? piece : (fieldOf(piece.key, fields)?.label ?? piece.key)));
  const plain = words.join('').replace(/\s+/g, ' ').trim();
  const snippet = plain.length > LONGEST_SNIPPET ? `${plain.slice(0, LONGEST_SNIPPET)}…` : plain;
  return snippet ? t('{kind}: {text}', { kind, text: snippet }) : kind;
}
