// Display conditions: text of the sending system that stands between rows (spec 5.12).

const CLOSES =
  /\{%-?\s*(?:end\w*)\b[^%]{0,200}%\}|\{\{\s*\/[^{}]{0,200}\}\}|<\/#[\w.]{1,60}>|\*\|END:[^|]{1,200}\|\*|\[%\s*(?:END|end)\w*[^%]{0,200}%\]|<%-?\s*(?:end|\})[^%]{0,200}%>|%%\[\s*ENDIF\s*\]%%/gi;

/** What belongs to the row above and what to the row below: the last closing tag is where the one ends. */
export function splitCondition(text: string): { readonly after: string; readonly before: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { after: '', before: '' };
  let end = 0;
  for (const match of trimmed.matchAll(CLOSES)) end = match.index + match[0].length;
  return { after: trimmed.slice(0, end).trim(), before: trimmed.slice(end).trim() };
}
