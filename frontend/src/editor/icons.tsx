/** The icons a block may name, and a button that is only an icon. */

import {
  IconAlignJustified,
  IconArrowsVertical,
  IconClick,
  IconColumns2,
  IconHeading,
  IconLayoutBottombar,
  IconPhoto,
  IconSeparatorHorizontal,
  IconShare,
  IconSquare,
  type IconProps,
} from '@tabler/icons-react';
import type { ButtonHTMLAttributes, ComponentType, ReactNode, Ref } from 'react';

const ICONS: Readonly<Record<string, ComponentType<IconProps>>> = {
  heading: IconHeading,
  'align-left': IconAlignJustified,
  photo: IconPhoto,
  'hand-click': IconClick,
  'columns-2': IconColumns2,
  'separator-horizontal': IconSeparatorHorizontal,
  'arrows-vertical': IconArrowsVertical,
  share: IconShare,
  'layout-bottombar': IconLayoutBottombar,
};

export function KindIcon({ name, size = 20 }: { name: string; size?: number }) {
  const Icon = ICONS[name] ?? IconSquare;
  return <Icon size={size} stroke={1.6} aria-hidden="true" />;
}

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { label: string; children: ReactNode; ref?: Ref<HTMLButtonElement> };

export function IconButton({ label, children, className = '', ...rest }: Props) {
  return (
    <button type="button" className={`ke-icon ${className}`} aria-label={label} title={label} {...rest}>
      {children}
    </button>
  );
}
