// Tells a row that is there already from other failures of a statement.

/** Is this either engine's word for a second row with the same key? */
export function isDuplicate(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === '23505' || code.startsWith('SQLITE_CONSTRAINT');
}
