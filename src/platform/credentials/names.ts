// How names are compared: letter case does not matter, and neither does the way an accent was typed.

/**
 * The form of a login name under which it is stored and looked up: Unicode NFC, lower case. Rooms that keep their own
 * unique names of the same people use it too, so that both agree on what is the same name.
 */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
