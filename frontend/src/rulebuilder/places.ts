/** Where a condition or group stands, in words that are read out. */

import { at, pathOf } from './changes';
import { type Group, isGroup } from './tree';
import { t } from './words';

export function sayPlace(root: Group, id: string): string {
  const path = pathOf(root, id);
  const position = (path?.at(-1) ?? 0) + 1;
  if (!path || path.length < 2) return t('moved to place {position}', { position });
  const group = (path.at(-2) ?? 0) + 1;
  const parent = at(root, path.slice(0, -1));
  const count = parent && isGroup(parent) ? parent.rules.length : position;
  return t('moved into group {group}, place {position} of {count}', { group, position, count });
}
