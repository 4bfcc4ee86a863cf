/** Each block as it will look in the mail, editable in place while it is selected. */

import { IconPhotoPlus } from '@tabler/icons-react';
import { type CSSProperties, type DragEvent, useRef, useState } from 'react';
import { t } from '../lib/i18n';
import { announce, useData } from './context';
import { Line } from './line';
import type {
  Block,
  ButtonBlock,
  DividerBlock,
  FooterBlock,
  HeadingBlock,
  ImageBlock,
  SocialBlock,
  TextBlock,
  Theme,
} from './model';
import { Rich } from './rich';
import { patchBlock, useEditor } from './store';
import { imageFiles, storeImage } from './upload';

export const THEME_DEFAULTS = {
  color: '#0c6b68',
  background: '#f3f5f3',
  surface: '#ffffff',
  text: '#2c3a37',
  corners: 8,
  font: 'sans',
} as const;

export const themed = (theme: Theme | undefined, key: keyof typeof THEME_DEFAULTS): string | number =>
  (theme?.[key] as string | number | undefined) || (theme?.[key] === 0 ? 0 : THEME_DEFAULTS[key]);

/** Black or white, whichever is read more easily on the colour. */
export function readableOn(colour: string): string {
  const hex = colour.length === 4 ? colour.replace(/[^#]/g, '$&$&') : colour;
  const light = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = light;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.4 ? '#14211f' : '#ffffff';
}

type ViewProps<Kind extends Block = Block> = { block: Kind; active: boolean };

/** Columns are drawn by the canvas, which knows how blocks are moved. */
export function BlockView({ block, active }: ViewProps) {
  switch (block.kind) {
    case 'heading':
      return <HeadingView block={block} active={active} />;
    case 'text':
      return <TextView block={block} active={active} />;
    case 'image':
      return <ImageView block={block} active={active} />;
    case 'button':
      return <ButtonView block={block} active={active} />;
    case 'divider':
      return <DividerView block={block} active={active} />;
    case 'spacer':
      return <div className="ke-spacer" style={{ blockSize: block.height ?? 24 }} aria-hidden="true" />;
    case 'social':
      return <SocialView block={block} active={active} />;
    case 'footer':
      return <FooterView block={block} active={active} />;
    default:
      return <p className="ke-hollow">{t('This kind of block is shown in the preview only.')}</p>;
  }
}

const useLabel = (kind: string): string => useData().blocks.find(({ key }) => key === kind)?.label ?? kind;

function HeadingView({ block, active }: ViewProps<HeadingBlock>) {
  const label = useLabel('heading');
  const style = { textAlign: block.align ?? 'start', color: block.color || undefined } as CSSProperties;
  return (
    <div className={`ke-heading ke-heading-${block.level ?? '1'}`} style={style}>
      <Line
        bare
        tools={active}
        value={block.text}
        label={label}
        placeholder={label}
        onChange={(text) => patchBlock(block.id, { text })}
      />
    </div>
  );
}

function TextView({ block, active }: ViewProps<TextBlock>) {
  const style = { textAlign: block.align ?? 'start', color: block.color || undefined } as CSSProperties;
  return (
    <div className={`ke-text ke-text-${block.size ?? 'normal'}`} style={style}>
      <Rich html={block.html} active={active} label={useLabel('text')} onChange={(html) => patchBlock(block.id, { html })} />
    </div>
  );
}

function ButtonView({ block, active }: ViewProps<ButtonBlock>) {
  const theme = useEditor((state) => state.draft.body.theme);
  const colour = block.color || String(themed(theme, 'color'));
  const isOutline = block.style === 'outline';
  const label = useLabel('button');
  const style: CSSProperties = {
    background: isOutline ? undefined : colour,
    color: isOutline ? colour : readableOn(colour),
    borderColor: colour,
    borderRadius: themed(theme, 'corners'),
    inlineSize: block.wide ? '100%' : undefined,
  };
  return (
    <div style={{ textAlign: block.align ?? 'start' }}>
      <span className="ke-button" style={style}>
        <Line
          bare
          tools={active}
          value={block.text}
          label={label}
          placeholder={label}
          onChange={(text) => patchBlock(block.id, { text })}
        />
      </span>
    </div>
  );
}

function ImageView({ block, active }: ViewProps<ImageBlock>) {
  const { urls } = useData();
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = async (files: FileList | null) => {
    const [file] = imageFiles(files);
    if (!file) return;
    setBusy(true);
    const stored = await storeImage(urls.upload, file);
    setBusy(false);
    if (typeof stored === 'string') announce(stored);
    else patchBlock(block.id, { src: stored.url });
  };
  const onDrop = (event: DragEvent) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files);
  };
  const style = { borderRadius: block.corners || undefined, inlineSize: `${block.width ?? 100}%` };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is one of three ways; the button is the accessible one
    <div
      className={`ke-image ${block.full ? 'ke-full' : ''} ${over ? 'ke-over' : ''}`}
      style={{ textAlign: block.align ?? 'center' }}
      aria-busy={busy}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {block.src ? (
        <img src={block.src} alt={block.alt ?? ''} style={style} draggable={false} />
      ) : (
        <button type="button" className="ke-image-empty" onClick={() => input.current?.click()}>
          <IconPhotoPlus size={28} stroke={1.4} aria-hidden="true" />
          <b>{busy ? t('Uploading…') : t('Choose an image')}</b>
          <span>{t('or drop one here')}</span>
        </button>
      )}
      {(active || !block.src) && (
        <input
          ref={input}
          type="file"
          hidden
          accept="image/png,image/jpeg,image/gif,image/webp"
          onChange={(event) => void take(event.target.files)}
        />
      )}
    </div>
  );
}

function DividerView({ block }: ViewProps<DividerBlock>) {
  const style = {
    borderBlockStart: `${block.thickness ?? 1}px solid ${block.color || '#e2e8e5'}`,
    inlineSize: `${block.width ?? 100}%`,
  };
  return <hr className="ke-divider" style={style} />;
}

const SHORT: Readonly<Record<string, string>> = {
  facebook: 'f',
  instagram: 'IG',
  whatsapp: 'WA',
  youtube: 'YT',
  tiktok: 'TT',
  linkedin: 'in',
  x: 'X',
  telegram: 'TG',
  website: 'www',
  email: '@',
};

function SocialView({ block }: ViewProps<SocialBlock>) {
  const items = block.items ?? [];
  if (!items.length) return <p className="ke-hollow">{t('Add your networks beside, under “Networks”.')}</p>;
  return (
    <ul className="ke-social" style={{ justifyContent: block.align ?? 'center' }}>
      {items.map(({ network = 'facebook', url }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same network may stand twice
        <li key={index} className={url ? '' : 'ke-missing'} title={network}>
          <img src={`/static/content/social/${network}.png`} alt={network} onError={(event) => event.currentTarget.remove()} />
          <span aria-hidden="true">{SHORT[network] ?? network}</span>
        </li>
      ))}
    </ul>
  );
}

function FooterView({ block, active }: ViewProps<FooterBlock>) {
  const { workspace } = useData();
  const details = ['legal_name', 'name', 'postal_address', 'address', 'phone']
    .map((key) => workspace[key])
    .filter((part, index, all): part is string => typeof part === 'string' && part !== '' && all.indexOf(part) === index);
  return (
    <div className="ke-footer" style={{ textAlign: block.align ?? 'center' }}>
      <Rich html={block.html ?? ''} active={active} label={useLabel('footer')} onChange={(html) => patchBlock(block.id, { html })} />
      {block.details !== false && <p dir="auto">{details.join(' · ')}</p>}
      <p>
        <FooterLinks block={block} />
      </p>
    </div>
  );
}

function FooterLinks({ block }: { block: FooterBlock }) {
  const words = useEditor((state) => state.draft.body.language).startsWith('he')
    ? ['הסרה מרשימת התפוצה', 'עדכון העדפות', 'צפייה בדפדפן']
    : ['Unsubscribe', 'Preferences', 'View in browser'];
  const shown = [true, block.preferences !== false, block.view === true];
  return words
    .filter((_, index) => shown[index])
    .map((word, index) => (
      <span key={word}>
        {index > 0 && ' · '}
        <u>{word}</u>
      </span>
    ));
}
