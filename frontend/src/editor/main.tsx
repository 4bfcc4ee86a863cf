/** Where the editor starts: the page's data, the words, the document, and the root element. */

import { createRoot } from 'react-dom/client';
import './editor.css';
import { pageData } from '../lib/api';
import { addDictionary } from '../lib/i18n';
import { EditorApp } from './app';
import type { EditorData } from './contract';
import he from './he.json';
import { setKnownFields } from './merge-tag';
import { draftOf, makeSaver } from './saving';
import { load } from './store';
import { show } from './view';

const root = document.getElementById('editor');
if (root) {
  addDictionary('he', he);
  const data = pageData<EditorData>('editor-data');
  setKnownFields(data.fields);
  load(draftOf(data.document));
  show({ serverProblems: data.problems ?? [] });
  const saver = makeSaver(data.document, data.urls.save);
  const { text } = data.urls;
  if (text) {
    void import('./sms').then(({ SmsApp }) => createRoot(root).render(<SmsApp data={data} urls={text} saver={saver} />));
  } else createRoot(root).render(<EditorApp data={data} saver={saver} />);
}
