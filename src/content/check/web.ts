// Checks that ask the web: how heavy pictures are, and whether links lead anywhere (Beefree spec 3.14).
import { isElement, parseText } from '../render/rich.ts';
import { KB } from './categories.ts';
import { isWeb, reachAll, type Reach, type Reached } from './reach.ts';
import { partsOf, placeOf, words, type Part, type Place, type Widget } from './widgets.ts';
import type { Node } from '../render/fragment.ts';

export interface WeightTarget extends Place {
  /** KB */
  readonly weight: number;
}

/** Pictures over `limit` KB. Without `reach` only those in data URLs are known; the others count as errors. */
export async function heavyPictures(
  widgets: readonly Widget[],
  limit: number,
  reach: Reach | undefined,
): Promise<{ targets: readonly WeightTarget[]; evaluated: number; errored: number }> {
  const pictures = partsOf(widgets, '').filter(({ src }) => src.trim() !== '');
  const urls = pictures.map(({ src }) => src.trim());
  const answers = reach ? await reachAll(urls.filter(isWeb), reach) : new Map<string, Reached>();
  const targets: WeightTarget[] = [];
  let evaluated = 0;
  for (const { widget, label, src } of pictures) {
    const bytes = dataBytes(src.trim()) ?? announced(answers.get(src.trim()));
    if (bytes === undefined) continue;
    evaluated += 1;
    if (bytes > limit * KB) {
      targets.push({ ...placeOf(widget, label), weight: Math.round((bytes / KB) * 10) / 10 });
    }
  }
  return { targets, evaluated, errored: pictures.length - evaluated };
}

function announced(answer: Reached | undefined): number | undefined {
  return answer && answer.status >= 200 && answer.status < 300 ? answer.bytes : undefined;
}

/** Bytes of a picture that stands in its address. */
function dataBytes(url: string): number | undefined {
  if (!/^data:/i.test(url)) return undefined;
  const comma = url.indexOf(',');
  if (comma === -1) return undefined;
  const length = url.length - comma - 1;
  if (!/;base64$/i.test(url.slice(0, comma))) return length;
  return Math.floor((length * 3) / 4) - (url.endsWith('==') ? 2 : url.endsWith('=') ? 1 : 0);
}

type Reason = 'missingChecked' | 'missingRelated' | 'notApplicable' | 'urlValidation' | 'allowList';

export interface LinkTarget extends Place {
  readonly checkedElement: string;
  /** position of the widget in the design, and of the link in the widget, from 1 */
  readonly moduleIndex: number;
  readonly subModuleIndex: number;
  readonly reasons?: readonly Reason[];
}

/** All links, sorted by what their sites answer. Links of `allowedHosts` are not asked. */
export async function links(
  widgets: readonly Widget[],
  allowedHosts: readonly string[],
  reach: Reach | undefined,
): Promise<Record<'targets' | 'passed' | 'ignored' | 'redirected', readonly LinkTarget[]>> {
  const all = [...partsOf(widgets, '').map(fromPart), ...widgets.flatMap(inText)].toSorted(
    (a, b) => a.moduleIndex - b.moduleIndex || a.subModuleIndex - b.subModuleIndex,
  );
  const reasons = all.map(({ checkedElement }) => ignored(checkedElement, allowedHosts, reach));
  const asked = all.filter((_link, i) => reasons[i] === undefined);
  const answers = reach
    ? await reachAll(
        asked.map(({ checkedElement }) => checkedElement),
        reach,
      )
    : new Map<string, Reached>();
  const answer = (link: LinkTarget) => answers.get(link.checkedElement);
  const good = (link: LinkTarget) => {
    const status = answer(link)?.status ?? 0;
    return status >= 200 && status < 300;
  };
  return {
    targets: asked.filter((link) => !good(link)),
    passed: asked.filter((link) => good(link) && !answer(link)!.redirected),
    ignored: all.flatMap((link, i) =>
      reasons[i] === undefined ? [] : [{ ...link, reasons: [reasons[i]] }],
    ),
    redirected: asked.filter((link) => good(link) && answer(link)!.redirected),
  };
}

function ignored(
  url: string,
  allowedHosts: readonly string[],
  reach: Reach | undefined,
): Reason | undefined {
  if (url === '') return 'missingChecked';
  if (/^(?:mailto|tel|sms):|^#/i.test(url) || /[{}]|^[[%*<$]/.test(url)) return 'notApplicable';
  if (!isWeb(url)) return 'urlValidation';
  const { hostname } = new URL(url);
  const known = allowedHosts.some(
    (host) => hostname === host.toLowerCase() || hostname.endsWith(`.${host.toLowerCase()}`),
  );
  if (known) return 'allowList';
  return reach ? undefined : 'missingRelated';
}

function fromPart({ widget, label, index, href }: Part): LinkTarget {
  return {
    checkedElement: (href ?? '').trim(),
    ...placeOf(widget, label),
    moduleIndex: widget.index,
    subModuleIndex: index,
  };
}

/** Links inside the text of a widget. */
function inText(widget: Widget): readonly LinkTarget[] {
  const { block } = widget;
  const html =
    block.kind === 'table'
      ? [...block.headers, ...block.rows].flat().join(' ')
      : /^(?:heading|paragraph|list|text)$/.test(block.kind) && 'html' in block
        ? block.html
        : '';
  return anchors(parseText(html)).map(({ href, label }, i) => ({
    checkedElement: href.trim(),
    ...placeOf(widget, label),
    moduleIndex: widget.index,
    subModuleIndex: i + 1,
  }));
}

function anchors(nodes: readonly Node[]): readonly { href: string; label: string }[] {
  return nodes
    .filter((node) => isElement(node))
    .flatMap((element) => {
      const href = element.attributes.find(([name]) => name === 'href')?.[1];
      return element.tag === 'a' && href !== undefined
        ? [{ href, label: words(said(element.children)) }]
        : anchors(element.children);
    });
}

const said = (nodes: readonly Node[]): string =>
  nodes
    .map((node) => (typeof node === 'string' ? node : isElement(node) ? said(node.children) : ''))
    .join('');
