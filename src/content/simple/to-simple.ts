// Full template → simple template (Beefree spec 3.11, 6.3).
import { findPage, rawRows, readTemplate } from '../template/read.ts';
import { px } from '../template/css.ts';
import { isEmpty, list, object, text, type Raw } from '../template/values.ts';
import { customFields, isLocked, paddingsOf } from './simple-parts.ts';
import { simpleModule } from './simple-modules.ts';
import { twelfths } from './twelfths.ts';
import type { SimpleColumn, SimpleModule, SimpleRow, SimpleTemplate } from './schema.ts';
import type { Column, Row, Template } from '../template/types.ts';

/**
 * What a template says in the simple schema, always valid there. Values are those that renderers would use. Blocks and
 * properties that the schema has no word for are left out without a sound, borders and round corners among them.
 * `type` is guessed when it is not given: a full template doesn't say what it is for. Throws as `readTemplate`.
 */
export function fullToSimple(template: unknown, type?: SimpleTemplate['type']): SimpleTemplate {
  const model = readTemplate(template);
  const page = findPage(template);
  const raw = rawRows(page);
  const rows = model.rows.map((row, i) => simpleRow(row, object(raw[i]), i, model));
  return {
    type: type ?? guessedType(page, model),
    rows: rows.length > 0 ? rows : [{ name: 'Row 1', columns: [{ weight: 12, modules: [] }] }],
    settings: {
      linkColor: model.body.linkColor,
      'background-color': model.body.background.color,
      ...(model.body.contentColor === ''
        ? {}
        : { contentAreaBackgroundColor: model.body.contentColor }),
      width: whole(model.body.width, 320, 1440),
    },
    ...metadataOf(page),
  };
}

/** E-mails have a subject and are at most 900 pixels wide. */
function guessedType(page: Raw, model: Template): 'email' | 'page' {
  const meta = object(object(page['head'])['meta']);
  if (text(meta['subject']) !== '' || text(meta['preheader']) !== '') return 'email';
  const forms = model.rows.some((row) =>
    row.columns.some((column) => column.blocks.some((block) => block.kind === 'form')),
  );
  return forms || model.body.width >= 900 ? 'page' : 'email';
}

const METADATA = ['lang', 'title', 'description', 'subject', 'preheader'] as const;

function metadataOf(page: Raw): Pick<SimpleTemplate, 'metadata'> {
  const meta = object(object(page['head'])['meta']);
  const found: Record<string, string> = {};
  for (const name of METADATA) {
    const value = text(meta[name]) || (name === 'lang' ? '' : text(page[name]));
    if (value !== '' && (name !== 'lang' || value.length <= 100)) found[name] = value;
  }
  return isEmpty(found) ? {} : { metadata: found };
}

function whole(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}

/** Columns that a simple row can have. */
const MAX_COLUMNS = 12;

function simpleRow(row: Row, raw: Raw, index: number, model: Template): SimpleRow {
  const { container, content } = row;
  const computed = object(object(raw['content'])['computedStyle']);
  const radius = whole(px(computed['columnsBorderRadius'], 0), 0, 60);
  return {
    name: nameOf(raw, index),
    ...(isLocked(raw) ? { locked: true } : {}),
    ...(row.stack ? {} : { colStackOnMobile: false }),
    ...(row.reverse ? { rowReverseColStackOnMobile: true } : {}),
    ...(content.color === '' ? {} : { contentAreaBackgroundColor: content.color }),
    ...(container.color === '' ? {} : { 'background-color': container.color }),
    ...(container.image === '' ? {} : { 'background-image': container.image }),
    ...(container.position === '' ? {} : { 'background-position': container.position }),
    ...(container.repeat === '' ? {} : { 'background-repeat': container.repeat }),
    ...(radius === 0 ? {} : { columnsBorderRadius: radius }),
    ...(row.gap === 0 ? {} : { columnsSpacing: whole(row.gap, 0, 99) }),
    ...(row.verticalAlign === 'top' ? {} : { 'vertical-align': row.verticalAlign }),
    ...conditionOf(row, object(object(raw['container'])['displayCondition'])),
    ...(isEmpty(object(raw['metadata'])) ? {} : { metadata: { ...object(raw['metadata']) } }),
    ...customFields(raw),
    ...paddingsOf(row.padding),
    columns: columnsOf(row, raw, model),
  };
}

function nameOf(raw: Raw, index: number): string {
  const name = text(raw['name']) || text(object(raw['metadata'])['name']) || `Row ${index + 1}`;
  return name.slice(0, 1000);
}

function conditionOf(row: Row, raw: Raw): Pick<SimpleRow, 'display-condition'> {
  if (!row.condition) return {};
  return {
    'display-condition': {
      type: text(raw['type']).slice(0, 1000),
      label: text(raw['label']),
      description: text(raw['description']),
      before: row.condition.before,
      after: row.condition.after,
    },
  };
}

/** At most twelve columns; the blocks of more go into the last. */
function columnsOf(row: Row, raw: Raw, model: Template): SimpleColumn[] {
  const raws = list(raw['columns']);
  const weights = twelfths(
    row.columns.slice(0, MAX_COLUMNS).map((column) => column.percent || column.grid),
  );
  const columns: SimpleColumn[] = [];
  for (const [i, column] of row.columns.entries()) {
    const modules = modulesOf(column, object(raws[i]), model);
    if (i >= MAX_COLUMNS) columns[MAX_COLUMNS - 1]!.modules.push(...modules);
    else {
      columns.push({
        weight: weights[i]!,
        ...(column.color === '' ? {} : { 'background-color': column.color }),
        ...paddingsOf(column.padding),
        ...customFields(object(raws[i])),
        modules,
      });
    }
  }
  return columns;
}

function modulesOf(column: Column, raw: Raw, model: Template): SimpleModule[] {
  const raws = list(raw['modules']);
  return column.blocks.flatMap((block, i) => {
    const module = simpleModule(block, object(raws[i]), column, model);
    return module ? [module] : [];
  });
}
