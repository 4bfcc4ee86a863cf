/** The builder's words, once for whoever shows it. */

import { addDictionary } from '../lib/i18n';
import he from './he.json';

addDictionary('he', he);

export { date, isModified, isRtl, language, number, plural, t } from '../lib/i18n';
