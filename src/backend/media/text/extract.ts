// The text of a file of any type that has some.
import { decodeText } from './charset.ts';
import { TextCollector, type Extracted } from './extracted.ts';
import { isOffice } from './office-types.ts';

const RICH_TEXT = new Set(['application/rtf', 'text/rtf']);
const PAGES = new Set(['text/html', 'application/xhtml+xml']);

/** Types whose bytes are text as they are. */
const PLAIN =
  /^text\/|[/+](?:json|xml)$|^application\/(?:json|xml|yaml|sql|x-sh|x-tex|x-subrip)$|^message\/rfc822$/;

/** Whether there may be text in files of this type. */
export function hasText(mediaType: string): boolean {
  return (
    mediaType === 'application/pdf' ||
    RICH_TEXT.has(mediaType) ||
    isOffice(mediaType) ||
    PLAIN.test(mediaType)
  );
}

/**
 * Finds the text in a file whose type has some. Throws when the file is damaged or hostile. Runs as long and takes as
 * much memory as the file makes it: only for processes that can be killed.
 */
export async function extractText(mediaType: string, bytes: Buffer): Promise<Extracted> {
  if (mediaType === 'application/pdf') return (await import('./pdf.ts')).pdfText(bytes);
  if (isOffice(mediaType)) return (await import('./office.ts')).officeText(mediaType, bytes);
  if (PAGES.has(mediaType)) return (await import('./html.ts')).htmlText(bytes);
  if (RICH_TEXT.has(mediaType)) return (await import('./rtf.ts')).rtfText(bytes);
  const { text, charset } = decodeText(bytes);
  const collector = new TextCollector();
  collector.describe('Content-Encoding', charset);
  collector.add(text);
  return collector.verbatim();
}
