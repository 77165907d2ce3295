// Moves addresses of pictures to where the operator keeps copies of them (spec 4.7, social).

/** What the start of an address becomes: `{'https://a.test/icons/': 'https://b.test/i/'}`. */
export type AssetRewrite = Readonly<Record<string, string>>;

/** The function that moves an address; the longest start that fits counts, and others stay as they are. */
export function assetMover(rewrite: AssetRewrite | undefined): (url: string) => string {
  const starts = Object.entries(rewrite ?? {})
    .filter(([from]) => from !== '')
    .toSorted(([a], [b]) => b.length - a.length);
  if (starts.length === 0) return (url) => url;
  return (url) => {
    const start = starts.find(([from]) => url.startsWith(from));
    return start === undefined ? url : start[1] + url.slice(start[0].length);
  };
}
