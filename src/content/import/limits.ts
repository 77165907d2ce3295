// Hard limits of the importer; beyond them a document is refused, because work grows with each.
export const IMPORT_LIMITS = {
  /** characters of the document */
  html: 4_000_000,
  /** elements inside each other; real e-mails stay below 60 */
  depth: 200,
  elements: 50_000,
  /** characters of all style sheets together; what follows is not read */
  css: 1_000_000,
  rules: 20_000,
  /** comparisons of elements with selectors; later rules no longer count */
  matches: 2_000_000,
} as const;
