// Forms of hosted pages and popups, back into `descriptor.form` (spec 4.7, 5.16).
import { alignOf, fontSize, frameJson, lookOf, part } from './frame.ts';
import {
  attr,
  descendants,
  elementsIn,
  find,
  hasClass,
  isElement,
  isText,
  lineOf,
  outermost,
  textOf,
} from '../dom.ts';
import { fontJson, paddingJson, paddingOf } from '../values.ts';
import type { Element } from '../dom.ts';
import type { Json } from '../state.ts';
import type { PageBlock } from './frame.ts';
import type { Style } from '../declarations.ts';

/** A form with all its fields; undefined without lines of the service. */
export function formJson(source: PageBlock): Json | undefined {
  const { state, block, prefix } = source;
  const form = find(block, 'form');
  if (form === undefined) return undefined;
  const rows = new Set(outermost(form, `.${prefix}-form-row`));
  if (rows.size === 0) return undefined;
  const fields = new Map<string, Json>();
  const layout: unknown[] = [];
  let group: { legend: string; fields: string[][] } | undefined;
  for (const element of descendants(form)) {
    if (hasClass(element, `${prefix}-form-legend`)) {
      group = { legend: lineOf(element), fields: [] };
      layout.push(group);
    } else if (rows.has(element)) {
      const keys = lineOfFields(element, fields, source);
      if (keys.length === 0) continue;
      if (group) group.fields.push(keys);
      else layout.push(keys);
      // A group ends where the next line no longer belongs to it; the mark-up tells only where one starts.
      if (group && hasClass(element, `${prefix}-form-group-end`)) group = undefined;
    }
  }
  const look = lookOf(block, state);
  const own = state.styles.own(form);
  const fill = state.styles.own(block).get('background-color');
  return {
    form: {
      structure: {
        attributes: attributesOf(form, ['style', 'class', 'id']),
        fields: Object.fromEntries(fields),
        layout,
        title: '',
        description: '',
      },
      style: formStyle(form, source),
    },
    ...frameJson(source, {
      style: {
        'font-family': fontJson(look.get('font-family'), state),
        'font-size': `${fontSize(look)}px`,
        'text-align': alignOf(look),
        ...(own.has('width') ? { width: own.get('width') } : {}),
        ...(fill === undefined ? {} : { 'background-color': fill }),
      },
    }),
  };
}

/** Attributes as the template stores them: those without a value are `true`. */
function attributesOf(element: Element, skip: readonly string[]): Json {
  return Object.fromEntries(
    element.attrs
      .filter(({ name }) => !skip.includes(name) && !name.startsWith('on') && name !== '__proto__')
      .slice(0, 60)
      .map(({ name, value }) => [name, BOOLEAN.test(name) ? true : value]),
  );
}

const BOOLEAN =
  /^(?:required|readonly|disabled|checked|selected|multiple|autofocus|novalidate|formnovalidate)$/;
const OWN = ['id', 'type', 'class', 'style', 'name'];

/** Adds the fields of one line and gives their keys. */
function lineOfFields(row: Element, fields: Map<string, Json>, source: PageBlock): string[] {
  const keys: string[] = [];
  const { prefix } = source;
  const add = (name: string, json: Json) => {
    const wanted = name.replaceAll(/[^\w-]+/g, '_').slice(0, 60) || `field_${fields.size + 1}`;
    let key = wanted === '__proto__' ? 'field' : wanted;
    for (let n = fields.size; fields.has(key); n += 1) key = `${wanted}_${n + 1}`;
    const attributes = json['attributes'] as Json;
    const named = name === '' || key === name ? attributes : { name, ...attributes };
    fields.set(key, { ...json, attributes: named });
    keys.push(key);
  };
  for (const element of elementsIn(row)) {
    if (element.tagName === 'input') add(attr(element, 'name'), plainField(element, ''));
    else if (element.tagName === 'datalist') add('', datalist(element));
    else if (hasClass(element, `${prefix}-field`)) {
      const field = fieldJson(element, source);
      add(field.name, field.json);
    }
  }
  return keys;
}

interface Field {
  readonly name: string;
  readonly json: Json;
}

function fieldJson(box: Element, source: PageBlock): Field {
  const { prefix } = source;
  const button = find(box, 'button');
  if (button) {
    const value = attr(button, 'value') || lineOf(button);
    return {
      name: attr(button, 'name'),
      json: { type: 'submit', label: '', attributes: { ...attributesOf(button, OWN), value } },
    };
  }
  const controls = [...descendants(box)].filter(({ tagName }) =>
    /^(?:input|select|textarea)$/.test(tagName),
  );
  const [control] = controls;
  const heading = elementsIn(box).find(
    (element) =>
      element.tagName === 'label' || (element.tagName === 'div' && hasClass(element, 'label')),
  );
  if (control === undefined) {
    return { name: '', json: { type: 'label', label: labelText(heading ?? box), attributes: {} } };
  }
  const name = attr(control, 'name');
  const type = attr(control, 'type');
  if (type !== 'checkbox' && type !== 'radio') {
    const own = heading && !hasClass(heading, 'inline') ? labelText(heading) : '';
    return { name, json: plainField(control, own, find(box, 'datalist')) };
  }
  const label = (input: Element) => {
    const id = attr(input, 'id');
    const inline = [...descendants(box)].filter(
      (element) => element.tagName === 'label' && hasClass(element, 'inline'),
    );
    const own = inline.find((element) => id !== '' && attr(element, 'for') === id);
    return labelText(own ?? inline[controls.indexOf(input)] ?? box);
  };
  const group = heading && !hasClass(heading, 'inline') ? labelText(heading) : '';
  if (controls.length === 1 && group === '') {
    return {
      name,
      json: { type, label: label(control), attributes: attributesOf(control, OWN) },
    };
  }
  const upright = outermost(box, `.${prefix}-form-option-wrapper`).some(
    (wrapper) => source.state.styles.own(wrapper).get('display') === 'flex',
  );
  return {
    name,
    json: {
      type,
      label: group,
      attributes: attributesOf(control, [...OWN, 'value', 'checked']),
      ...(upright ? { orientation: 'vertical' } : {}),
      options: controls.map((input) => ({
        type: 'option',
        value: attr(input, 'value'),
        label: label(input),
        ...(input.attrs.some((entry) => entry.name === 'checked') ? { checked: true } : {}),
      })),
    },
  };
}

/** A field of one control. */
function plainField(control: Element, label: string, list?: Element): Json {
  const tag = control.tagName;
  const type = tag === 'input' ? (list ? 'datalist' : attr(control, 'type') || 'text') : tag;
  const skip = list ? [...OWN, 'list'] : OWN;
  const attributes = attributesOf(control, skip);
  const text = tag === 'textarea' ? textOf(control) : '';
  const choices = tag === 'select' ? control : list;
  return {
    type,
    label,
    attributes: text === '' ? attributes : { ...attributes, value: text },
    ...(choices ? { options: optionsOf(choices) } : {}),
  };
}

/** Choices that another field names. */
function datalist(element: Element): Json {
  return {
    type: 'datalist',
    label: '',
    attributes: { id: attr(element, 'id') },
    options: optionsOf(element),
  };
}

function optionsOf(list: Element): readonly Json[] {
  return outermost(list, 'option').map((option) => ({
    type: 'option',
    value: attr(option, 'value') || lineOf(option),
    label: lineOf(option) || attr(option, 'value'),
    ...(option.attrs.some(({ name }) => name === 'selected') ? { selected: true } : {}),
  }));
}

/** The words of a label, with links as Markdown. */
function labelText(label: Element): string {
  const print = (element: Element): string =>
    element.childNodes
      .map((node) => {
        if (isText(node)) return node.value;
        if (!isElement(node) || /^(?:input|script|style)$/.test(node.tagName)) return '';
        const href = attr(node, 'href').trim();
        const inside = print(node);
        return node.tagName === 'a' && href !== '' && !/[\s()]/.test(href)
          ? `${/^\s/.test(inside) ? ' ' : ''}[${inside.replaceAll(/[[\]]/g, '').trim()}](${href})`
          : inside;
      })
      .join('');
  return print(label)
    .replaceAll(/[\t\n\f\r \u00A0]+/g, ' ')
    .trim();
}

/** `label`, `fields` and `buttons` of the form's style. */
function formStyle(form: Element, source: PageBlock): Json {
  const { state, prefix } = source;
  const all = [...descendants(form)];
  const own = (element: Element | undefined): Style =>
    element ? state.styles.own(element) : new Map();
  const label =
    all.find((element) => element.tagName === 'label' && !hasClass(element, 'inline')) ??
    find(form, 'label');
  const control = all.find(
    (element) =>
      /^(?:select|textarea)$/.test(element.tagName) ||
      (element.tagName === 'input' &&
        !/^(?:checkbox|radio|image|hidden|submit)$/.test(attr(element, 'type'))),
  );
  const button = find(form, 'button');
  const holder = part(source, 'button-container');
  const outer = own(holder);
  const focus = control ? state.styles.focus(control).get('outline-color') : undefined;
  const buttonWidth = own(button).get('width');
  return {
    labels: {
      'label-position': all.some((element) => hasClass(element, `${prefix}-sidelabel`))
        ? 'side'
        : 'top',
      ...picked(own(label), LABEL),
      ...(label && !hasClass(label, 'inline') && own(label).get('padding-top') !== '3px'
        ? { padding: `${paddingOf(own(label))[0]}px` }
        : {}),
    },
    fields: {
      ...picked(own(control), BOX),
      ...(focus === undefined ? {} : { outlineColor: focus }),
    },
    buttons: {
      ...picked(own(button), BOX),
      ...(buttonWidth === undefined ? {} : { width: buttonWidth }),
      'text-align': holder ? alignOf(lookOf(holder, state)) : 'center',
      outer: paddingJson(paddingOf(outer)),
    },
  };
}

const LABEL = /^(?:color|font-style|font-weight|letter-spacing|line-height|text-align|min-width)$/;
// Borders of no width stay: without them browsers draw their own.
const BOX =
  /^(?:background-color|border-(?:top|right|bottom|left|radius)|color|max-width|font-weight|letter-spacing|line-height|margin-(?:top|bottom)|padding-(?:top|right|bottom|left))$/;

function picked(style: Style, names: RegExp): Json {
  return Object.fromEntries(
    [...style].filter(([name, value]) => names.test(name) && value !== 'inherit'),
  );
}
