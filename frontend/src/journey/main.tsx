/** Where the canvas starts: the page's data, the words, the graph, and the root element. */

import { createRoot } from 'react-dom/client';
import '@xyflow/react/dist/style.css';
import './journey.css';
import { pageData } from '../lib/api';
import { addDictionary } from '../lib/i18n';
import { JourneyApp } from './app';
import type { JourneyData } from './contract';
import he from './he.json';
import { makeSaver } from './saving';
import { load, show } from './store';

const root = document.getElementById('journey');
if (root) {
  addDictionary('he', he);
  const data = pageData<JourneyData>('journey-data');
  load(data.journey.graph);
  show({ problems: data.problems, told: data.told, numbers: data.numbers, isPublished: data.journey.is_published });
  createRoot(root).render(<JourneyApp data={data} saver={makeSaver(data.journey, data.urls.save)} />);
}
