// The media types of office documents.

const OFFICE = 'application/vnd.openxmlformats-officedocument.';
const ODF = 'application/vnd.oasis.opendocument.';

export const OFFICE_TYPES = {
  docx: `${OFFICE}wordprocessingml.document`,
  xlsx: `${OFFICE}spreadsheetml.sheet`,
  pptx: `${OFFICE}presentationml.presentation`,
  odt: `${ODF}text`,
  ods: `${ODF}spreadsheet`,
  odp: `${ODF}presentation`,
} as const;

const ALL: ReadonlySet<string> = new Set(Object.values(OFFICE_TYPES));

/** Whether documents of this type can be read. */
export function isOffice(mediaType: string): boolean {
  return ALL.has(mediaType);
}
