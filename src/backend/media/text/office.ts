// The text of office documents: archives of XML, as Word, Excel, PowerPoint and OpenDocument programs write them.
import { SaxesParser } from 'saxes';
import { Archive } from './archive.ts';
import { TextCollector, type Extracted } from './extracted.ts';
import { OFFICE_TYPES } from './office-types.ts';

/** Elements within elements; real documents have some dozens. */
const MAX_DEPTH = 1000;

/** How the XML of one kind of document holds its text. */
interface Format {
  /** Entries with text, in the order of their numbers. */
  parts: readonly RegExp[];
  /** The entry with metadata. */
  about: string;
  /** Elements whose text counts; none: all text counts. */
  texts: ReadonlySet<string>;
  /** Elements after which a line ends. */
  lines: ReadonlySet<string>;
  /** Elements after which a blank stands. */
  blanks: ReadonlySet<string>;
}

const words = (text: string) => new Set(text.split(' '));
const CORE = 'docProps/core.xml';

const OPEN_DOCUMENT: Format = {
  parts: [/^content\.xml$/],
  about: 'meta.xml',
  texts: words('text:p text:h'),
  lines: words('text:p text:h text:line-break table:table-row'),
  blanks: words('text:tab text:s table:table-cell'),
};

const FORMATS: Readonly<Record<string, Format>> = {
  [OFFICE_TYPES.docx]: {
    parts: [
      /^word\/document\.xml$/,
      /^word\/(?:footnotes|endnotes|header\d{0,3}|footer\d{0,3})\.xml$/,
    ],
    about: CORE,
    texts: words('w:t'),
    lines: words('w:p w:br w:tr'),
    blanks: words('w:tab w:tc'),
  },
  [OFFICE_TYPES.xlsx]: {
    parts: [/^xl\/sharedStrings\.xml$/, /^xl\/worksheets\/sheet\d{1,4}\.xml$/],
    about: CORE,
    texts: words('t'),
    lines: words('si row is'),
    blanks: words('c'),
  },
  [OFFICE_TYPES.pptx]: {
    parts: [/^ppt\/slides\/slide\d{1,4}\.xml$/, /^ppt\/notesSlides\/notesSlide\d{1,4}\.xml$/],
    about: CORE,
    texts: words('a:t'),
    lines: words('a:p a:br'),
    blanks: words('a:tab'),
  },
  [OFFICE_TYPES.odt]: OPEN_DOCUMENT,
  [OFFICE_TYPES.ods]: OPEN_DOCUMENT,
  [OFFICE_TYPES.odp]: OPEN_DOCUMENT,
};

/** Metadata elements: name there, name in ours. */
const ABOUT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'dc:title': 'title',
    'dc:creator': 'Author',
    'meta:initial-creator': 'Author',
    'dc:subject': 'subject',
    'dc:description': 'description',
    'cp:keywords': 'Keywords',
    'meta:keyword': 'Keywords',
  }),
);

/**
 * Reads a document. Throws when it is damaged, nests too deep, inflates beyond all measure, or declares a document type:
 * no office program writes one, and entities come with it.
 */
export async function officeText(mediaType: string, bytes: Buffer): Promise<Extracted> {
  const format = FORMATS[mediaType] as Format;
  const archive = await Archive.open(bytes);
  const collector = new TextCollector();
  await readXml(archive, format.about, (stack, text) => {
    const name = ABOUT.get(stack.at(-1) ?? '');
    if (name) collector.describe(name, text);
  });
  for (const pattern of format.parts) {
    for (const name of archive.names(pattern)) {
      if (collector.full) return collector.result();
      await readText(archive, name, format, collector);
      collector.add('\n\n');
    }
  }
  return collector.result();
}

async function readText(
  archive: Archive,
  name: string,
  { texts, lines, blanks }: Format,
  collector: TextCollector,
): Promise<void> {
  let counting = 0;
  await readXml(
    archive,
    name,
    (_stack, text) => {
      if (counting > 0) collector.add(text);
    },
    {
      open: (element) => {
        if (texts.has(element)) counting++;
      },
      close: (element) => {
        if (texts.has(element)) counting--;
        if (lines.has(element)) collector.add('\n');
        else if (blanks.has(element)) collector.add(' ');
      },
      enough: () => collector.full,
    },
  );
}

interface Watcher {
  open?: (element: string) => void;
  close?: (element: string) => void;
  enough?: () => boolean;
}

/** Hands over the texts of an entry with the elements around them. */
async function readXml(
  archive: Archive,
  name: string,
  take: (stack: readonly string[], text: string) => void,
  { open, close, enough }: Watcher = {},
): Promise<void> {
  const stack: string[] = [];
  const parser = new SaxesParser();
  parser.on('doctype', () => {
    throw new SyntaxError('The document declares a document type');
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    stack.push(tag.name);
    if (stack.length > MAX_DEPTH) throw new RangeError('The document nests too deep');
    open?.(tag.name);
  });
  parser.on('closetag', (tag) => {
    stack.pop();
    close?.(tag.name);
  });
  parser.on('text', (text) => take(stack, text));
  parser.on('cdata', (text) => take(stack, text));
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of archive.read(name)) {
    parser.write(decoder.decode(chunk, { stream: true }));
    if (enough?.()) return;
  }
}
