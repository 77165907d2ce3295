// Reader of the form block of pages and popups (spec 4.7).
import { alignment } from '../text-style.ts';
import { color, fontStack, paddings, px } from '../css.ts';
import { declarations } from './others.ts';
import { flag, list, object, text } from '../values.ts';
import { safeValue } from '../safe-css.ts';
import { LIMITS } from '../context.ts';
import type { FormBlock, FormField, Frame } from '../types.ts';
import type { Raw } from '../values.ts';

const BOX = [
  'background-color',
  'border-top',
  'border-right',
  'border-bottom',
  'border-left',
  'border-radius',
  'color',
  'font-weight',
  'letter-spacing',
  'line-height',
  'margin-bottom',
  'margin-top',
  'padding-top',
  'padding-right',
  'padding-bottom',
  'padding-left',
] as const;

const LABEL = [
  'color',
  'font-style',
  'font-weight',
  'letter-spacing',
  'line-height',
  'min-width',
  'text-align',
] as const;

type Pairs = readonly (readonly [string, string | true])[];

/** HTML attributes from an object: `true` prints the bare name, `false` and `null` print nothing. */
function htmlAttributes(value: unknown): Pairs {
  const pairs: (readonly [string, string | true])[] = [];
  for (const [key, entry] of Object.entries(object(value)).slice(0, 60)) {
    if (
      !/^[A-Za-z_][\w:.-]{0,60}$/.test(key) ||
      /^(?:on.*|style|srcdoc|id|class|type|__proto__)$/i.test(key)
    ) {
      continue;
    }
    if (entry === true || entry === 'true') pairs.push([key.toLowerCase(), true]);
    else if (typeof entry === 'string' || typeof entry === 'number') {
      pairs.push([key.toLowerCase(), String(entry)]);
    }
  }
  return pairs;
}

/** Reads `descriptor.form`: structure, layout and the style of labels, fields and button. */
export function readForm(descriptor: Raw, frame: Frame): FormBlock {
  const raw = object(descriptor['form']);
  const structure = object(raw['structure']);
  const style = object(raw['style']);
  const outer = object(descriptor['style']);
  const labels = object(style['labels']);
  const fields = object(style['fields']);
  const buttons = object(style['buttons']);
  return {
    ...frame,
    kind: 'form',
    align: frame.align || 'center',
    formAttributes: htmlAttributes(structure['attributes'] ?? raw['attributes']),
    lines: readLines(structure),
    font: fontStack(outer['font-family'], 'inherit'),
    size: px(outer['font-size'], 14),
    width: safeValue(outer['width']),
    fill: color(outer['background-color']),
    sideLabels: labels['label-position'] === 'side',
    labels: declarations(labels, LABEL),
    labelPadding: Math.max(0, px(labels['padding'], 3)),
    fields: declarations(fields, BOX),
    placeholder: color(fields['color'], '#000000', true),
    outline: color(fields['outlineColor'] ?? fields['outline-color']),
    button: [...declarations(buttons, BOX), ...declarations(buttons, ['width', 'max-width'])],
    outer: paddings(Object.fromEntries(declarations(buttons['outer'], BOX))),
    buttonAlign: alignment(buttons['text-align'], 'center'),
  };
}

/** The visible lines of a form; without a layout every field has a line of its own. */
function readLines(structure: Raw): FormBlock['lines'] {
  const fields = object(structure['fields']);
  const entries = Array.isArray(structure['layout'])
    ? list(structure['layout']).slice(0, LIMITS.items)
    : Object.keys(fields).map((key) => [key]);
  const lines: FormBlock['lines'][number][] = [];
  let count = 0;
  const add = (keys: readonly unknown[], legend: string) => {
    const visible = keys.flatMap((key) => {
      const name = text(key);
      count += 1;
      if (count > LIMITS.items || !Object.hasOwn(fields, name)) return [];
      const field = object(fields[name]);
      return flag(field['removeFromLayout']) ? [] : [readField(name, field)];
    });
    if (visible.length > 0) lines.push({ legend, fields: visible });
  };
  for (const entry of entries) {
    if (Array.isArray(entry)) add(entry, '');
    else {
      const group = object(entry);
      list(group['fields']).forEach((keys, i) => {
        add(Array.isArray(keys) ? keys : [keys], i === 0 ? text(group['legend']) : '');
      });
    }
  }
  return lines;
}

function readField(key: string, raw: Raw): FormField {
  const id = text(object(raw['attributes'])['id']);
  return {
    key,
    type: text(raw['type'], 'text').toLowerCase(),
    label: text(raw['label']),
    attributes: htmlAttributes(raw['attributes']),
    options: list(raw['options'])
      .slice(0, LIMITS.items)
      .map((option) => {
        if (typeof option === 'string') return { value: option, label: option, chosen: false };
        const entry = object(option);
        const value = text(entry['value']);
        const chosen = flag(entry['selected']) || flag(entry['checked']);
        return { value, label: text(entry['label']) || value, chosen };
      }),
    upright: raw['orientation'] === 'vertical',
    id: /^[A-Za-z][\w:.-]{0,60}$/.test(id) ? id : '',
  };
}
