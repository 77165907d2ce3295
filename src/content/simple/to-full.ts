// Simple template → full template (Beefree spec 3.10, 6.2).
import { Invalid, TooLarge } from '../../platform/errors.ts';
import { isRightToLeft } from '../render/languages.ts';
import { LIMITS } from '../template/context.ts';
import { fullModule } from './full-modules.ts';
import { borderStyle, paddingStyle, SHOWN, type Build, type Json } from './json.ts';
import {
  simpleTemplate,
  type SimpleColumn,
  type SimpleRow,
  type SimpleTemplate,
} from './schema.ts';
import { violations } from './violations.ts';
import { twelfths } from './twelfths.ts';

/**
 * Builds the full document of a simple template, `{page, comments}`: everything that renderers read is in it, and every
 * row, column, block and icon has an identifier from `id`. Throws `Invalid` (`simple_schema`) with one line a violation,
 * each with a JSON pointer, and `TooLarge` for more blocks than a template may hold.
 */
export function simpleToFull(template: unknown, { id }: { readonly id: () => string }): Json {
  const wrong = violations(simpleTemplate, template, '/template');
  if (wrong.length > 0) throw new Invalid('simple_schema', wrong.join('\n'), { violations: wrong });
  return fullTemplate(template as SimpleTemplate, id);
}

/** Widths of content where a template says none: e-mails are narrow, pages wide. */
const WIDTHS = { email: 500, page: 900, popup: 500 } as const;

function fullTemplate(simple: SimpleTemplate, id: () => string): Json {
  const { type = 'email', rows, settings = {}, metadata = {} } = simple;
  const blocks = rows.flatMap((row) => row.columns).flatMap((column) => column.modules).length;
  if (blocks > LIMITS.blocks) {
    throw new TooLarge('template_too_large', `A template may hold ${LIMITS.blocks} blocks.`);
  }
  const width = settings.width ?? WIDTHS[type];
  const linkColor = settings.linkColor || '#0068A5';
  const direction = isRightToLeft(metadata.lang ?? '') ? 'rtl' : 'ltr';
  const build: Build = { id, linkColor, direction, width };
  const background = settings['background-color'] || settings.backgroundColor || '#FFFFFF';
  return {
    page: {
      title: metadata.title ?? '',
      description: metadata.description ?? '',
      template: { name: 'template-base', type: 'basic', version: '2.0.0' },
      head: { meta: { ...metadata } },
      body: {
        type: 'mailup-bee-page-properties',
        webFonts: [],
        container: { style: { 'background-color': background } },
        content: {
          style: {
            color: '#000000',
            'font-family': 'Arial, Helvetica Neue, Helvetica, sans-serif',
          },
          computedStyle: {
            linkColor,
            messageBackgroundColor: settings.contentAreaBackgroundColor || 'transparent',
            messageWidth: `${width}px`,
            align: 'center',
          },
        },
      },
      rows: rows.map((row) => fullRow(row, build)),
    },
    comments: {},
  };
}

/** Names that the editor has for layouts; nothing depends on them (spec 4.4). */
const LAYOUTS: Readonly<Record<string, string>> = {
  '12': 'one-column-empty',
  '6,6': 'two-columns-empty',
  '4,8': 'two-columns-4-8-empty',
  '8,4': 'two-columns-8-4-empty',
  '3,9': 'two-columns-3-9-empty',
  '9,3': 'two-columns-9-3-empty',
  '4,4,4': 'three-columns-empty',
  '3,3,6': 'three-columns-3-3-6-empty',
  '3,6,3': 'three-columns-3-6-3-empty',
  '6,3,3': 'three-columns-6-3-3-empty',
  '3,3,3,3': 'four-columns-empty',
  '2,2,2,2,2,2': 'six-columns-empty',
};

function fullRow(row: SimpleRow, build: Build): Json {
  const grids = twelfths(row.columns.map((column) => column.weight));
  const condition = row['display-condition'];
  const border = row['border-width'] ?? 0;
  const spacing = row.columnsSpacing ?? 0;
  const sides = (row['padding-left'] ?? 0) + (row['padding-right'] ?? 0) + 2 * border;
  const inside = Math.max(1, build.width - sides - spacing * (grids.length - 1));
  return {
    uuid: build.id(),
    type: LAYOUTS[grids.join(',')] ?? 'one-column-empty',
    name: row.name,
    locked: row.locked ?? false,
    synced: false,
    empty: false,
    ...(row.metadata ? { metadata: row.metadata } : {}),
    ...(row.customFields ? { customFields: row.customFields } : {}),
    container: {
      style: rowBackground(row),
      ...(condition
        ? { displayCondition: { label: '', description: '', before: '', after: '', ...condition } }
        : {}),
    },
    content: {
      style: {
        'background-color': row.contentAreaBackgroundColor || 'transparent',
        'background-image': 'none',
        'background-position': 'top left',
        'background-repeat': 'no-repeat',
        color: '#000000',
        width: `${build.width}px`,
        ...borderStyle(border, row['border-color']),
        'border-radius': `${row['border-radius'] ?? 0}px`,
        ...paddingStyle(row, 0),
      },
      computedStyle: {
        rowColStackOnMobile: row.colStackOnMobile ?? true,
        rowReverseColStackOnMobile: row.rowReverseColStackOnMobile ?? false,
        verticalAlign: row['vertical-align'] ?? 'top',
        columnsSpacing: `${spacing}px`,
        columnsBorderRadius: `${row.columnsBorderRadius ?? 0}px`,
        ...SHOWN,
      },
      mobileStyle: {},
    },
    columns: row.columns.map((column, i) =>
      fullColumn(column, grids[i]!, row.columnsBorderRadius ?? 0, {
        ...build,
        width: (inside * grids[i]!) / 12,
      }),
    ),
  };
}

function rowBackground(row: SimpleRow): Json {
  const image = row['background-image']?.trim() ?? '';
  const wrapped = image === 'none' || image === '' || /^url\(/i.test(image);
  return {
    'background-color': row['background-color'] || 'transparent',
    'background-image': image === '' ? 'none' : wrapped ? image : `url('${image}')`,
    'background-position': row['background-position'] || 'top left',
    'background-repeat': row['background-repeat'] || 'no-repeat',
    'background-size': 'auto',
  };
}

function fullColumn(column: SimpleColumn, grid: number, radius: number, build: Build): Json {
  const border = column['border-width'] ?? 0;
  const sides = (column['padding-left'] ?? 0) + (column['padding-right'] ?? 0) + 2 * border;
  const inside = { ...build, width: Math.max(1, build.width - sides) };
  return {
    uuid: build.id(),
    'grid-columns': grid,
    style: {
      'background-color': column['background-color'] || 'transparent',
      ...borderStyle(border, column['border-color']),
      'border-radius': `${radius}px`,
      ...paddingStyle(column, [5, 0, 5, 0]),
    },
    mobileStyle: {},
    ...(column.customFields ? { customFields: column.customFields } : {}),
    modules: column.modules.map((module) => fullModule(module, inside)),
  };
}
