/** The images sent to this workspace before, to choose from. Loaded when it is opened. */

import { useEffect, useState } from 'react';
import { t } from '../lib/i18n';
import { useData } from './context';
import type { StoredImage } from './contract';
import { Dialog } from './dialog';
import { storedImages } from './upload';

type Props = { onPick(image: StoredImage): void; onClose(): void };

export default function Library({ onPick, onClose }: Props) {
  const { urls } = useData();
  const [images, setImages] = useState<readonly StoredImage[] | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    storedImages(urls.files).then(setImages, () => setFailed(true));
  }, [urls.files]);
  return (
    <Dialog title={t('Image library')} onClose={onClose} wide>
      <div className="ke-library">
        {failed && <p className="k-error">{t('The images could not be loaded. Try again.')}</p>}
        {!images && !failed && <p className="sub">{t('Loading…')}</p>}
        {images?.length === 0 && <p className="sub">{t('No image yet: whatever you upload will wait for you here.')}</p>}
        {images?.map((image) => (
          <button type="button" key={image.id} title={image.name} onClick={() => onPick(image)}>
            <img src={image.url} alt={image.name} loading="lazy" />
            <small>
              <bdi>{image.name}</bdi>
            </small>
          </button>
        ))}
      </div>
    </Dialog>
  );
}
