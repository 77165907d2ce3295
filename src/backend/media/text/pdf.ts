// The text of a PDF document, page by page, and what it says about itself.
import { getDocumentProxy } from 'unpdf';
import { TextCollector, type Extracted } from './extracted.ts';

const MAX_PAGES = 2000;

/** Entries of the document's information dictionary: name there, name in ours. */
const INFO: Readonly<Record<string, string>> = {
  Title: 'title',
  Author: 'Author',
  Subject: 'subject',
  Keywords: 'Keywords',
  Creator: 'creator',
  Producer: 'producer',
  PDFFormatVersion: 'pdf_PDFVersion',
};

/** Reads a document. Throws when it is damaged or locked with a password. */
export async function pdfText(bytes: Buffer): Promise<Extracted> {
  const collector = new TextCollector();
  // The library takes the memory that it is given, so it gets a copy that is its own.
  const document = await getDocumentProxy(Uint8Array.from(bytes), {
    stopAtErrors: false,
    verbosity: 0,
  });
  collector.describe('xmpTPg_NPages', document.numPages);
  const { info } = await document.getMetadata();
  for (const [name, own] of Object.entries(INFO)) {
    collector.describe(own, (info as Record<string, unknown>)[name]);
  }
  const pages = Math.min(document.numPages, MAX_PAGES);
  for (let number = 1; number <= pages && !collector.full; number++) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    for (const item of items) {
      if (!('str' in item)) continue;
      collector.add(item.str);
      if (item.hasEOL) collector.add('\n');
    }
    collector.add('\n\n');
    page.cleanup();
  }
  await document.cleanup();
  return collector.result();
}
