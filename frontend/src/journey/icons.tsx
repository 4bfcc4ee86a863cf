/** The icons that kinds of steps and triggers may name, and a button that is only an icon. */

import {
  IconArrowsShuffle,
  IconArrowsSplit,
  IconBell,
  IconBolt,
  IconBrandWhatsapp,
  IconCheckbox,
  IconClock,
  IconGitFork,
  IconHourglass,
  IconListCheck,
  IconListDetails,
  IconLogout,
  IconMail,
  IconMessage,
  IconNote,
  type IconProps,
  IconRoute,
  IconRouteOff,
  IconShieldCheck,
  IconSquare,
  IconTarget,
  IconUserEdit,
  IconWebhook,
} from '@tabler/icons-react';
import type { ButtonHTMLAttributes, ComponentType, ReactNode } from 'react';

const ICONS: Readonly<Record<string, ComponentType<IconProps>>> = {
  'arrows-shuffle': IconArrowsShuffle,
  'arrows-split': IconArrowsSplit,
  bell: IconBell,
  bolt: IconBolt,
  'brand-whatsapp': IconBrandWhatsapp,
  checkbox: IconCheckbox,
  clock: IconClock,
  'git-fork': IconGitFork,
  hourglass: IconHourglass,
  'list-check': IconListCheck,
  'list-details': IconListDetails,
  logout: IconLogout,
  mail: IconMail,
  message: IconMessage,
  note: IconNote,
  route: IconRoute,
  'route-off': IconRouteOff,
  'shield-check': IconShieldCheck,
  target: IconTarget,
  'user-edit': IconUserEdit,
  webhook: IconWebhook,
};

export function KindIcon({ name, tone }: { name: string; tone: string }) {
  const Icon = ICONS[name] ?? IconSquare;
  return (
    <span className={`kj-tile k-hue-${tone}`}>
      <Icon size={18} stroke={1.75} aria-hidden="true" />
    </span>
  );
}

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { label: string; children: ReactNode };

export function IconButton({ label, children, ...rest }: Props) {
  return (
    <button type="button" className="k-icon-button" aria-label={label} title={label} {...rest}>
      {children}
    </button>
  );
}
