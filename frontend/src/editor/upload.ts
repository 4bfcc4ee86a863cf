/** Sending an image to the server, and the images sent before. */

import { ApiError, get, upload } from '../lib/api';
import { t } from '../lib/i18n';
import type { StoredImage } from './contract';

const LARGEST_BYTES = 15_000_000;

export const imageFiles = (files: Iterable<File> | ArrayLike<File> | null | undefined): File[] =>
  Array.from(files ?? []).filter((file) => file.type.startsWith('image/'));

/** The stored image, or why it could not be stored, in words. */
export async function storeImage(url: string, file: File): Promise<StoredImage | string> {
  if (file.size > LARGEST_BYTES) return t('The image is larger than 15 MB. Choose a smaller one.');
  try {
    return await upload<StoredImage>(url, file);
  } catch (error) {
    if (error instanceof ApiError && !error.message.startsWith('HTTP')) return error.message;
    return t('The image could not be uploaded. Try again.');
  }
}

export async function storedImages(url: string): Promise<StoredImage[]> {
  const answer = await get<StoredImage[] | { files: StoredImage[] }>(url);
  return Array.isArray(answer) ? answer : answer.files;
}
