// Sets of names, written as one line of words.

/** The words between single spaces. */
export const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));
