// The form block of pages and popups (spec 5.16).
import { attr, text } from '../escape.ts';
import { safeHref, safeSrc } from '../../template/urls.ts';
import { closeBlock, openBlock } from './context.ts';
import { formRules } from './form-sheet.ts';
import type { FormBlock, FormField } from '../../template/types.ts';
import type { PageContext } from './context.ts';

/** Attributes as HTML; boolean ones print their own name as value, links must not run code. */
function print(
  pairs: readonly (readonly [string, string | true])[],
  skip: readonly string[] = [],
): string {
  return pairs
    .filter(([name]) => !skip.includes(name))
    .map(([name, value]) => {
      if (value === true) return ` ${name}="${name}"`;
      if (name === 'action' || name === 'formaction' || name === 'href') {
        return ` ${name}="${attr(safeHref(value))}"`;
      }
      return ` ${name}="${attr(name === 'src' ? safeSrc(value) : value)}"`;
    })
    .join('');
}

/** A label: plain text in which `[text](url)` becomes a link. */
function label(value: string): string {
  let result = '';
  let last = 0;
  for (const match of value.matchAll(/\[([^[\]]{1,500})\]\(([^()\s]{1,2000})\)/g)) {
    result += text(value.slice(last, match.index));
    const url = safeHref(match[2]!);
    result += url === '' ? text(match[1]!) : `<a href="${attr(url)}">${text(match[1]!)}</a>`;
    last = match.index + match[0].length;
  }
  return result + text(value.slice(last));
}

/** Writes a form with its fields line by line. */
export function form(block: FormBlock, context: PageContext): void {
  const { out, prefix } = context;
  openBlock(
    context,
    'form',
    block,
    'font-family',
    block.font,
    'font-size',
    `${block.size}px`,
    'background-color',
    block.fill,
    'text-align',
    block.align,
  );
  out.open(`<form${print(block.formAttributes)}>`);
  let number = 0;
  for (const line of block.lines) {
    if (line.legend !== '')
      out.line(`<div class="${prefix}-form-legend">${text(line.legend)}</div>`);
    const many = line.fields.length > 1 ? ` ${prefix}-form-row-multicolumn` : '';
    const side = block.sideLabels ? ` ${prefix}-sidelabel` : '';
    out.open(`<div class="${prefix}-form-row${many}${side}">`);
    for (const field of line.fields) {
      number += 1;
      const id = `r${context.row - 1}c${context.column - 1}m${context.block - 1}i${number}`;
      writeField(field, id, context);
    }
    out.close('</div>');
  }
  out.close('</form>');
  closeBlock(context);
  formRules(block, context);
}

function writeField(field: FormField, id: string, context: PageContext): void {
  const { out, prefix } = context;
  const name = field.attributes.some(([key]) => key === 'name') ? '' : ` name="${attr(field.key)}"`;
  const rest = `${name}${print(field.attributes)}`;
  if (field.type === 'hidden') {
    out.line(`<input id="${id}"${rest} type="hidden">`);
    return;
  }
  if (field.type === 'datalist' && field.id !== '' && field.label === '') {
    // Choices for another field, which names them: nothing to see here.
    out.open(`<datalist id="${attr(field.id)}">`);
    writeOptions(field, out);
    out.close('</datalist>');
    return;
  }
  const choice = field.type === 'checkbox' || field.type === 'radio';
  const box = `${prefix}-field ${prefix}-field-${id}${choice ? ` ${prefix}-inline-field` : ''}`;
  out.open(`<div class="${box}">`);
  if (field.type === 'submit') {
    const caption = field.attributes.find(([key]) => key === 'value')?.[1];
    const words = typeof caption === 'string' && caption !== '' ? caption : field.label || 'Submit';
    out.line(
      `<div class="${prefix}-button-container"><button id="${id}"${rest} type="submit">${text(words)}</button></div>`,
    );
  } else if (choice) writeChoices(field, id, rest, context);
  else {
    if (field.label !== '') out.line(`<label for="${id}">${label(field.label)}</label>`);
    writeControl(field, id, rest, context);
  }
  out.close('</div>');
}

function writeControl(field: FormField, id: string, rest: string, context: PageContext): void {
  const { out } = context;
  if (field.type === 'textarea') {
    const value = field.attributes.find(([key]) => key === 'value')?.[1];
    const inside =
      typeof value === 'string' ? value.replaceAll('&', '&amp;').replaceAll('<', '&lt;') : '';
    const name = field.attributes.some(([key]) => key === 'name')
      ? ''
      : ` name="${attr(field.key)}"`;
    out.line(
      `<textarea id="${id}"${name}${print(field.attributes, ['value'])}>${inside}</textarea>`,
    );
  } else if (field.type === 'select') {
    out.open(`<select id="${id}"${rest}>`);
    writeOptions(field, out);
    out.close('</select>');
  } else if (field.type === 'datalist') {
    out.line(`<input id="${id}"${rest} type="text" list="${id}-list">`);
    out.open(`<datalist id="${id}-list">`);
    writeOptions(field, out);
    out.close('</datalist>');
  } else if (field.type !== 'label') {
    const type = TYPES.has(field.type) ? field.type : 'text';
    out.line(`<input id="${id}"${rest} type="${type}">`);
  }
}

function writeOptions(field: FormField, out: PageContext['out']): void {
  for (const option of field.options) {
    const chosen = option.chosen ? ' selected' : '';
    out.line(`<option value="${attr(option.value)}"${chosen}>${text(option.label)}</option>`);
  }
}

const TYPES = new Set(
  'color date datetime-local email file image month number password range search tel text time url week'.split(
    ' ',
  ),
);

/** Check boxes and radio buttons: one alone, or one for each option. */
function writeChoices(field: FormField, id: string, rest: string, context: PageContext): void {
  const { out, prefix } = context;
  if (field.options.length === 0) {
    out.line(
      `<span class="${prefix}-form-option-wrapper"><input id="${id}"${rest} type="${field.type}"><label class="inline" for="${id}">&nbsp;${label(field.label)}</label></span>`,
    );
    return;
  }
  if (field.label !== '') out.line(`<div class="label">${label(field.label)}</div>`);
  const name = field.attributes.some(([key]) => key === 'name') ? '' : ` name="${attr(field.key)}"`;
  for (const [i, option] of field.options.entries()) {
    const own = i === 0 ? id : `${id}-${i}`;
    const chosen = option.chosen ? ' checked' : '';
    const upright = field.upright ? out.style('display', 'flex', 'margin-left', '0') : '';
    // One of several boxes must be checked, not all: browsers know that for radio buttons alone.
    const skip = field.type === 'radio' ? ['value'] : ['value', 'required'];
    out.line(
      `<span class="${prefix}-form-option-wrapper"${upright}><input id="${own}"${name}${print(field.attributes, skip)} value="${attr(option.value)}" type="${field.type}"${chosen}><label class="inline" for="${own}">&nbsp;${label(option.label)}</label></span>`,
    );
  }
}
