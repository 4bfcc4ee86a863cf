/** What the editor of messages needs, asked for once for each kind of message. */

import type { EditorData } from '../editor/contract';
import { post } from '../lib/api';
import type { Step } from './contract';

const known = new Map<string, Promise<EditorData>>();

export function benchOf(url: string, kind: string): Promise<EditorData> {
  const found = known.get(kind) ?? post<EditorData>(url, { kind });
  known.set(kind, found);
  found.catch(() => known.delete(kind));
  return found;
}

type TextUrls = NonNullable<EditorData['urls']['text']>;

/** Where the editor of texts asks, about a text of this step's class: an advertisement is longer than what it says. */
export const textUrlsOf = (urls: TextUrls, messageClass: Step['message_class']): TextUrls => {
  const query = `?class=${encodeURIComponent(String(messageClass ?? 'advertising'))}`;
  return { ...urls, look: urls.look + query, sizes: urls.sizes + query, test: urls.test + query };
};
