// The rows of a hosted document in their order, with what stands between them: display conditions, additions by hand.
import { find, hasClass, isComment, isText } from './dom.ts';
import { isBlank, textSource } from './rich.ts';
import { splitCondition } from './mail/conditions.ts';
import type { Element } from './dom.ts';
import type { State } from './state.ts';

/** A row, or what somebody put between rows by hand. */
interface Part {
  readonly nodes: readonly Element[];
  readonly row: boolean;
  before: string;
  after: string;
}

interface Search {
  readonly rowClass: string;
  readonly isRow: (element: Element) => boolean;
  readonly state: State;
}

/** The parts below `parent`. `rowClass` marks rows, `isRow` tells those that are whole. */
export function rowParts(
  parent: Element,
  rowClass: string,
  isRow: (element: Element) => boolean,
  state: State,
): readonly Readonly<Part>[] {
  const parts: Part[] = [];
  collect(parent, parts, { rowClass, isRow, state });
  return parts;
}

function collect(parent: Element, parts: Part[], search: Search): void {
  const { rowClass, isRow, state } = search;
  let text = '';
  let above: Part | undefined;
  for (const node of parent.childNodes) {
    if (isText(node)) text += textSource(state, node);
    else if (isComment(node)) text += conditionComment(node.data);
    else if (!('tagName' in node)) continue;
    else if (!hasClass(node, rowClass) && find(node, `.${rowClass}`) !== undefined)
      collect(node, parts, search);
    else if (hasClass(node, rowClass) || !isBlank([node])) {
      const row = isRow(node);
      const split = above ? splitCondition(text) : { after: '', before: text.trim() };
      if (above) above.after = split.after;
      if (!row && parts.at(-1)?.row === false && text.trim() === '') {
        const last = parts.pop()!;
        above = { ...last, nodes: [...last.nodes, node] };
        parts.push(above);
        continue;
      }
      above = { nodes: [node], row, before: split.before, after: '' };
      parts.push(above);
      text = '';
    }
  }
  if (above) above.after = text.trim();
}

/** Some systems write their conditions as comments. */
function conditionComment(data: string): string {
  return /[{%*|$]/.test(data) && !/^\[if|^<!\[endif/.test(data) ? `<!--${data}-->` : '';
}
