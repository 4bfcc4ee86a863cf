/** The lines of a text as the document of its editor, and back. No DOM, so it is tested plainly. */

import { lineNode, type RichNode, toLine } from './tags';

export const linesNode = (text: string): RichNode => ({
  type: 'doc',
  content: text.split('\n').flatMap((line) => lineNode(line).content ?? []),
});

export const toLines = (node: RichNode): string => (node.content ?? []).map(toLine).join('\n');
