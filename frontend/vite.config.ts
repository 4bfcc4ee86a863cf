import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { purgeTabler } from './scripts/purge-tabler.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const entries = ['src/css-rtl.ts', 'src/css-ltr.ts', 'src/shell.ts', 'src/charts.ts', 'src/imports.ts', 'src/editor/main.tsx', 'src/journey/main.tsx', 'src/rulebuilder/mount.ts'];

export default defineConfig({
  root: folder,
  base: '/static/',
  plugins: [purgeTabler(folder), react()],
  build: {
    outDir: 'dist',
    manifest: 'manifest.json',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    chunkSizeWarningLimit: 900,
    rolldownOptions: { input: entries.filter((entry) => existsSync(`${folder}${entry}`)) },
  },
});
