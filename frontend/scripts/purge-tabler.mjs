// Leaves out of Tabler's style sheet what no template, form or island uses: 79 K gzipped become about 15 K.
// Only Tabler is purged, never our own styles. A new Tabler class in a template needs a new build.
import { PurgeCSS } from 'purgecss';

const KEPT = {
  // Set by Bootstrap's scripts, by htmx and by Django's form widgets, so in no file that is searched.
  standard: ['show', 'active', 'disabled', 'fade', 'collapsing', 'is-invalid', 'was-validated', 'html', 'body'],
  deep: [/^tooltip/, /^bs-tooltip/, /^dropdown-menu/, /^form-(control|select|check)/],
  variables: [/^--tblr-/],
};

/** @param {string} folder The frontend folder, with a slash at its end. */
export function purgeTabler(folder) {
  return {
    name: 'purge-tabler',
    enforce: /** @type {const} */ ('pre'),
    apply: /** @type {const} */ ('build'),
    /** @param {string} code @param {string} id */
    async transform(code, id) {
      if (!/@tabler\/core\/dist\/css\/tabler.*\.css$/.test(id)) return null;
      const [purged] = await new PurgeCSS().purge({
        content: [
          `${folder}../src/kesher/**/templates/**/*.html`,
          `${folder}../src/kesher/web/**/*.py`,
          `${folder}src/**/*.{ts,tsx}`,
        ],
        css: [{ raw: code }],
        safelist: KEPT,
      });
      return { code: purged?.css ?? code, map: null };
    },
  };
}
