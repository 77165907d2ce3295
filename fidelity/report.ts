// The report: one HTML page with the pictures side by side and what differs, node by node.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { missing } from './table.ts';
import type { Outcome, Shot } from './outcome.ts';

const STYLE = `body{font:14px/1.4 system-ui,sans-serif;margin:24px;color:#222}
table{border-collapse:collapse}td,th{padding:2px 10px;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}
td.n{text-align:right}.bad{background:#fdd}.good{background:#dfd}summary{cursor:pointer;font-weight:600;margin:8px 0}
.views{display:flex;gap:12px;align-items:flex-start}.views figure{margin:0;flex:1;min-width:0}.views img{max-width:100%;border:1px solid #bbb}
code{white-space:pre-wrap;word-break:break-word}`;

const MAX_LISTED = 400;

/** Writes the report and its pictures into a folder, and gives the address of the page. */
export async function writeReport(outcomes: readonly Outcome[], folder: string): Promise<string> {
  const pictures = path.join(folder, 'pictures');
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  const rows: string[] = [];
  const parts: string[] = [];
  for (const outcome of outcomes) {
    const title = `${outcome.source} / ${outcome.name}`;
    if (outcome.error !== undefined) {
      rows.push(`<tr class="bad"><td>${text(title)}<td colspan="9">${text(outcome.error)}`);
    }
    if (outcome.error === undefined && outcome.shots.length === 0) {
      rows.push(`<tr class="good"><td>${text(title)}<td colspan="9">the same bytes`);
    }
    for (const shot of outcome.shots) {
      const id = `${outcome.source}-${outcome.name}-${shot.width}`;
      const files: string[] = [];
      for (const [kind, png] of Object.entries(shot.pictures) as [string, Buffer | undefined][]) {
        if (!png) continue;
        await writeFile(path.join(pictures, `${id}-${kind}.png`), png);
        const source = `pictures/${encodeURIComponent(id)}-${kind}.png`;
        files.push(
          `<figure><figcaption>${kind}</figcaption><a href="${source}"><img loading="lazy" src="${source}"></a></figure>`,
        );
      }
      rows.push(row(title, id, shot));
      parts.push(
        `<details id="${text(id)}"><summary>${text(title)}, ${shot.width} px</summary>${differences(shot)}<div class="views">${files.join('')}</div></details>`,
      );
    }
  }
  const head = [
    'sample',
    'width',
    'boxes',
    'off',
    'worst',
    'texts',
    'links',
    'pictures',
    'styles',
    'picture difference',
  ];
  const page = `<!doctype html><meta charset="utf-8"><title>Fidelity</title><style>${STYLE}</style><h1>Fidelity</h1>
<table><tr>${head.map((name) => `<th>${name}`).join('')}${rows.join('\n')}</table>${parts.join('\n')}
<script>const open=()=>{const part=document.getElementById(decodeURIComponent(location.hash.slice(1)));if(part)part.open=true};addEventListener('hashchange',open);open()</script>`;
  const file = path.join(folder, 'index.html');
  await writeFile(file, page);
  return file;
}

function row(title: string, id: string, shot: Shot): string {
  const { comparison, percent, alike } = shot;
  const cells = comparison
    ? [
        comparison.boxes,
        comparison.off,
        comparison.worst.toFixed(1),
        missing(comparison.texts),
        missing(comparison.links),
        missing(comparison.pictures),
        comparison.styles,
      ]
    : [`alike ${(alike ?? 0).toFixed(3)}`, '', '', '', '', '', ''];
  return `<tr class="${shot.good ? 'good' : 'bad'}"><td><a href="#${encodeURIComponent(id)}">${text(title)}</a><td class="n">${shot.width}${cells
    .map((cell) => `<td class="n">${cell}`)
    .join('')}<td class="n">${percent.toFixed(2)} %`;
}

function differences({ comparison, heights }: Shot): string {
  if (heights) return `<p>Height ${heights.ours} px, reference ${heights.theirs} px</p>`;
  const found = comparison?.differences ?? [];
  if (found.length === 0) return '<p>Nothing differs.</p>';
  const lines = found
    .slice(0, MAX_LISTED)
    .map(
      ({ place, what, ours, theirs }) =>
        `<tr><td>${text(place)}<td>${text(what)}<td><code>${text(ours)}</code><td><code>${text(theirs)}</code>`,
    );
  const more = found.length > MAX_LISTED ? `<p>… and ${found.length - MAX_LISTED} more</p>` : '';
  return `<table><tr><th>where<th>what<th>ours<th>reference${lines.join('')}</table>${more}`;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
