// The two formats that the simple schema knows beside JSON Schema's own (Beefree spec 6.1).

/** True for an absolute URL, and for anything with a merge tag such as `{{image}}`. */
export function isUrlOrMergeTags(value: string): boolean {
  const open = value.indexOf('{{');
  return (open !== -1 && value.includes('}}', open + 2)) || URL.canParse(value);
}

/** True when the text holds no `<a>` element, open or closed: a button is the link already. */
export function hasNoAnchorTags(value: string): boolean {
  return !/<\/?a(?![A-Za-z0-9:-])/i.test(value);
}

/** What each format asks for, in words. */
export const FORMATS: Readonly<
  Record<string, { readonly holds: (value: string) => boolean; readonly words: string }>
> = {
  urlOrMergeTags: {
    holds: isUrlOrMergeTags,
    words:
      'must be an absolute URL such as https://example.com/a.png, or contain a merge tag such as {{image}}',
  },
  noAnchorTags: {
    holds: hasNoAnchorTags,
    words: 'must not contain an <a> element: href is the link',
  },
};
