// The style sheet of forms: how all forms work, and how one form looks (spec 5.16).
import { kindSelector, selector } from './context.ts';
import { nonZero } from '../box.ts';
import { lineHeight, px } from '../../template/css.ts';
import type { FormBlock } from '../../template/types.ts';
import type { PageContext } from './context.ts';

// The arrow that a select box without its native look needs.
const ARROW = `url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='14' height='8'%3E%3Cpath d='M1 1l6 6 6-6' fill='none' stroke='%23666'/%3E%3C/svg%3E")`;

const CHECKS = ':not([type=checkbox]):not([type=radio])';

/** Adds the rules of one form and, once, those that all forms need. */
export function formRules(block: FormBlock, context: PageContext): void {
  layoutRules(context);
  lookRules(block, context);
}

function layoutRules(context: PageContext): void {
  const { prefix, sheet } = context;
  const { kinds } = sheet;
  const row = kindSelector(context, 'form', ` .${prefix}-form-row`);
  const field = `${row} .${prefix}-field`;
  kinds.add(`${row}.${prefix}-form-row-multicolumn`, 'display', 'flex');
  kinds.add(
    [`${field} input${CHECKS}`, `${field} select`, `${field} textarea`],
    'flex-grow',
    '1',
    'font-family',
    'inherit',
    'font-size',
    'inherit',
  );
  kinds.add(
    field,
    'padding',
    '3px',
    'display',
    'flex',
    'flex',
    '1',
    'flex-wrap',
    'wrap',
    'align-items',
    'center',
  );
  kinds.add(
    `${field}.${prefix}-inline-field`,
    'flex-wrap',
    'nowrap',
    'align-items',
    'flex-start',
    'display',
    'block',
  );
  kinds.add(
    `${field} .${prefix}-form-option-wrapper`,
    'align-items',
    'flex-start',
    'display',
    'inline-flex',
  );
  kinds.add(
    `${field} .${prefix}-form-option-wrapper+.${prefix}-form-option-wrapper`,
    'margin-left',
    '15px',
  );
  kinds.add(`${field} .${prefix}-form-option-wrapper>input`, 'margin', '0 0 0 3px');
  kinds.add(`${field} .${prefix}-form-option-wrapper>label`, 'min-width', '0');
  kinds.add(`${field} button`, 'font-family', 'inherit', 'font-size', 'inherit');
  kinds.add(`${field} .${prefix}-button-container`, 'flex-grow', '1');
  kinds.add(
    kindSelector(context, 'form', ' input[type=color]'),
    'border',
    'none',
    'height',
    '38px',
  );
  sheet.narrowKinds.add(
    `${context.scope}.${prefix}-form-row-multicolumn`,
    'display',
    'block !important',
  );
  sheet.narrowKinds.add(kindSelector(context, 'form', ' form'), 'width', '100% !important');
}

function lookRules(block: FormBlock, context: PageContext): void {
  const { prefix, sheet } = context;
  const target = selector(context);
  const { numbered } = sheet;
  numbered.add(`${target} form`, 'display', 'inline-block', 'width', block.width || '100%');
  const labels = block.labels.flat();
  numbered.add([`${target} div.label`, `${target} label`], ...labels, 'display', 'block');
  if (!block.sideLabels) {
    numbered.add(
      [`${target} div.label:not(.inline)`, `${target} label:not(.inline)`],
      'flex-basis',
      '100%',
    );
    numbered.add(
      [
        `${target} .${prefix}-form-row:not(.${prefix}-sidelabel) input${CHECKS}`,
        `${target} .${prefix}-form-row:not(.${prefix}-sidelabel) select`,
        `${target} .${prefix}-form-row:not(.${prefix}-sidelabel) textarea`,
      ],
      'width',
      '100%',
    );
  }
  numbered.add(`${target} ::placeholder`, 'color', block.placeholder);
  numbered.add(
    [`${target} .${prefix}-field>label:first-child`, `${target} div.label`],
    'padding',
    `${block.labelPadding}px`,
  );
  const controls = [
    `${target} input${CHECKS}:not([type=image])`,
    `${target} select`,
    `${target} textarea`,
  ];
  const vertical = [
    block.fields.find(([name]) => name === 'padding-top'),
    block.fields.find(([name]) => name === 'padding-bottom'),
  ];
  const inside = vertical.reduce((sum, pair) => sum + px(pair?.[1], 0), 0);
  // Two lines of the form's font and the paddings, as in recorded forms: 38 px with 5 px, 44 px with 8 px.
  numbered.add(controls, ...block.fields.flat(), 'min-height', `${block.size * 2 + inside}px`);
  numbered.add(
    `${target} select`,
    'appearance',
    'none',
    'padding-right',
    '24px',
    'background-image',
    ARROW,
    'background-repeat',
    'no-repeat',
    'background-position',
    'right 8px center',
  );
  const line =
    lineHeight(block.labels.find(([name]) => name === 'line-height')?.[1], block.size).px ??
    block.size;
  numbered.add(
    ['checkbox', 'radio'].map(
      (type) => `${target} .${prefix}-field.${prefix}-inline-field input[type=${type}]`,
    ),
    'position',
    'relative',
    'top',
    `${Math.max(0, Math.round((line - 12) / 2))}px`,
  );
  numbered.add(
    controls.map((control) => `${control}:focus`),
    'outline-color',
    block.outline,
  );
  numbered.add(`${target} button`, ...block.button.flat(), 'cursor', 'pointer');
  numbered.add(
    `${target} .${prefix}-button-container`,
    'text-align',
    block.buttonAlign,
    'padding-top',
    nonZero(block.outer.top),
    'padding-right',
    nonZero(block.outer.right),
    'padding-bottom',
    nonZero(block.outer.bottom),
    'padding-left',
    nonZero(block.outer.left),
  );
}
