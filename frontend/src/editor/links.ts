/** What an address must look like to lead somewhere from a mail. Merge tags may stand anywhere in it. */

import { t } from '../lib/i18n';

const SCHEME = /^(https?|mailto|tel|sms|whatsapp):/i;

/** "shop.example/x" means https; an address of a person means mailto. */
export function completed(address: string): string {
  const text = address.trim();
  if (!text || SCHEME.test(text) || text.startsWith('[[')) return text;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return `mailto:${text}`;
  if (/^\+?[\d\s()-]{7,}$/.test(text)) return `tel:${text.replace(/[^\d+]/g, '')}`;
  return `https://${text}`;
}

/** What is wrong with the address, in words; null when it may be sent. */
export function addressProblem(address: string): string | null {
  const text = completed(address).replace(/\[\[[^\]]*\]\]/g, 'x');
  if (!text) return null;
  if (/\s/.test(text)) return t('An address has no spaces.');
  if (/^https?:/i.test(text)) {
    const host = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
    const isHost = host.includes('.') || host.startsWith('localhost') || host === 'x';
    return isHost && !host.endsWith('.') ? null : t('The address is not complete. For example: https://example.com');
  }
  return null;
}
