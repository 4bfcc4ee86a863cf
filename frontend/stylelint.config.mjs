/** One concern: the interface runs in both directions, so styles speak of start and end, never of left and right. */
const teach = (words) => ({ message: `The interface runs in both directions: ${words}.` });

export default {
  rules: {
    'property-disallowed-list': [
      ['left', 'right', '/^(margin|padding)-(left|right)$/', '/^border-(left|right)/', '/^border-(top|bottom)-(left|right)-radius$/', '/^scroll-(margin|padding)-(left|right)$/'],
      teach('write inset-inline-start, margin-inline-end, border-start-end-radius and the like'),
    ],
    'declaration-property-value-disallowed-list': [
      { '/^(text-align|float|clear)$/': ['left', 'right'] },
      teach('write start or end; a place that must not turn has a comment and a stylelint-disable line'),
    ],
    'declaration-block-no-duplicate-properties': [true, { ignore: ['consecutive-duplicates-with-different-values'] }],
    'block-no-empty': true,
    'color-no-invalid-hex': true,
    'property-no-unknown': true,
    'unit-no-unknown': true,
  },
};
