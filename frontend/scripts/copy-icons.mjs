// Copies the outlines named in icons.txt from @tabler/icons into src/kesher/web/icons.json, which the
// {% icon %} tag reads: the pages need no icon font and no request. Run `npm run icons` after a new name.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../', import.meta.url));
const names = readFileSync(`${folder}icons.txt`, 'utf8').split(/\s+/).filter(Boolean).sort();
const icons = {};
const missing = [];

for (const name of new Set(names)) {
  const [base, style] = name.endsWith('-filled') ? [name.replace(/-filled$/, ''), 'filled'] : [name, 'outline'];
  const path = `${folder}node_modules/@tabler/icons/icons/${style}/${base}.svg`;
  if (existsSync(path)) icons[name] = outlineOf(readFileSync(path, 'utf8'));
  else missing.push(name);
}

writeFileSync(`${folder}../src/kesher/web/icons.json`, `${JSON.stringify(icons, null, 1)}\n`);
console.log(`${Object.keys(icons).length} icons`);
if (missing.length) {
  console.error(`Not in @tabler/icons: ${missing.join(' ')}`);
  process.exitCode = 1;
}

/** The drawing without the <svg> around it and without the invisible box. */
function outlineOf(svg) {
  const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
  return inner.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/g, '').replace(/\s+/g, ' ').trim();
}
