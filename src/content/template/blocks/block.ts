// Chooses the reader of a module by its type (spec 4.6, 4.7).
import { frame } from '../frame.ts';
import { countMarkup, LIMITS, warn } from '../context.ts';
import { isEmpty, list, object, text } from '../values.ts';
import { readButton, readHtml, readMenu, readMergeContent, readTable } from './others.ts';
import {
  readCarousel,
  readDivider,
  readIcons,
  readImage,
  readSocial,
  readSpacer,
  readVideo,
} from './pictures.ts';
import { readForm } from './form.ts';
import { readHeading, readList, readParagraph, readText } from './text.ts';
import { Invalid, TooLarge } from '../../../platform/errors.ts';
import type { Block, Frame } from '../types.ts';
import type { ReadContext } from '../context.ts';
import type { Raw } from '../values.ts';

type Reader = (descriptor: Raw, frame: Frame, context: ReadContext) => Block;

const empty: Reader = (_descriptor, common) => ({ ...common, kind: 'empty' });

/** Social blocks and icons keep their items under the same name, in different forms. */
const iconsList: Reader = (descriptor, common, context) => {
  const [first] = list(object(descriptor['iconsList'])['icons']);
  const read = isEmpty(object(object(first)['image'])) ? readIcons : readSocial;
  return read(descriptor, common, context);
};

/** An add-on wraps a stored block of another type; GIFs and stickers are images (spec 4.7). */
const addon: Reader = (descriptor, common, context) => {
  const inner = Object.keys(ADDON_CONTENT).find((key) => !isEmpty(object(descriptor[key])));
  if (inner === undefined) return empty(descriptor, common, context);
  const className = `addon_block ${common.className}`.trim();
  return ADDON_CONTENT[inner]!(descriptor, { ...common, className }, context);
};

const ADDON_CONTENT: Readonly<Record<string, Reader>> = {
  image: readImage,
  html: readHtml,
  paragraph: readParagraph,
  heading: readHeading,
  list: readList,
  text: readText,
  button: readButton,
  video: readVideo,
  iconsList,
  menuItemsList: readMenu,
  table: readTable,
  form: readForm,
  mergeContent: readMergeContent,
  carousel: readCarousel,
  divider: readDivider,
  spacer: readSpacer,
};

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['heading', readHeading],
  ['title', readHeading],
  ['paragraph', readParagraph],
  ['list', readList],
  ['text', readText],
  ['image', readImage],
  ['gif', readImage],
  ['sticker', readImage],
  ['stickers', readImage],
  ['button', readButton],
  ['divider', readDivider],
  ['spacer', readSpacer],
  ['social', readSocial],
  ['icons', readIcons],
  ['menu', readMenu],
  ['html', readHtml],
  ['video', readVideo],
  ['table', readTable],
  ['form', readForm],
  ['merge-content', readMergeContent],
  ['carousel', readCarousel],
  ['addon', addon],
  ['empty', empty],
]);

/** Reads one entry of `modules[]`. An unknown type becomes an `unknown` block and a warning, never an error. */
export function readBlock(value: unknown, context: ReadContext): Block {
  context.blocks += 1;
  if (context.blocks > LIMITS.blocks) {
    throw new TooLarge('template_too_large', `A template may hold ${LIMITS.blocks} blocks.`);
  }
  const module = object(value);
  const type = text(module['type']);
  const descriptor = object(module['descriptor']);
  const common = named(frame(module, descriptor), context);
  const reader = readerOf(type);
  if (reader) return checked(reader(descriptor, common, context), context);
  warn(context, `unknown module type ${JSON.stringify(type.slice(0, 80))}`);
  return { ...common, kind: 'unknown', type };
}

/** The reader by the end of the type's name; nearly all types have the same beginning. */
function readerOf(type: string): Reader | undefined {
  const usual = type.startsWith(USUAL) ? READERS.get(type.slice(USUAL.length)) : undefined;
  return usual ?? READERS.get(type.toLowerCase().replace(/^.*modules?-/, ''));
}

const USUAL = 'mailup-bee-newsletter-modules-';

/** The first block with an anchor keeps it: links lead there, and two equal ones are no valid HTML. */
function named(common: Frame, context: ReadContext): Frame {
  if (common.id === '') return common;
  if (context.ids.has(common.id)) return { ...common, id: '' };
  context.ids.add(common.id);
  return common;
}

function checked(block: Block, context: ReadContext): Block {
  const content = 'html' in block ? block.html : block.kind === 'button' ? block.label : '';
  if (content.length > LIMITS.text) {
    throw new Invalid('text_too_long', `A text may have ${LIMITS.text} characters.`);
  }
  countMarkup(context, content);
  if (block.kind === 'table') {
    for (const cell of [...block.headers, ...block.rows].flat()) countMarkup(context, cell);
  }
  return block;
}
