// Finds what there is to compare in a folder of samples, and makes the two sides of each comparison.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { importHtml } from '../src/content/import/import.ts';
import { renderHtml, type Target } from '../src/content/render/render.ts';

export type Source = 'pairs' | 'pictures' | 'html' | 'round';

/** One comparison; the work is done when it is asked for. */
export interface Sample {
  readonly source: Source;
  readonly name: string;
  /** Renders our side and reads the other. Throws what the importer and the renderer throw. */
  sides(): Promise<Sides>;
}

export interface Sides {
  readonly ours: string;
  /** the document that ours should look like */
  readonly theirs?: string;
  /** or a picture of it */
  readonly picture?: Buffer;
  /** says how large pictures are */
  readonly json: unknown;
}

/**
 * The samples of a folder, with the templates in `json`: `pairs/NAME/{template.json,output.html}`, `pictures/NAME/` with a template and a picture,
 * `html/NAME.html`, `json/NAME.json`. Every template is also taken through HTML and back ("round").
 */
export async function findSamples(
  folder: string,
  json = path.join(folder, 'json'),
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const templates: { name: string; file: string; target?: Target }[] = [];
  for (const name of await list(folder, 'pairs')) {
    const pair = path.join(folder, 'pairs', name);
    const target = targetOfHtml(await readFile(path.join(pair, 'output.html'), 'utf8'));
    const file = path.join(pair, 'template.json');
    templates.push({ name, file, target });
    samples.push({ source: 'pairs', name, sides: () => pairSides(pair, target) });
  }
  for (const name of await list(folder, 'pictures')) {
    const place = path.join(folder, 'pictures', name);
    templates.push({ name, file: path.join(place, 'template.json'), target: 'message' });
    samples.push({ source: 'pictures', name, sides: () => pictureSides(place) });
  }
  for (const file of await list(folder, 'html')) {
    if (!file.endsWith('.html')) continue;
    const from = path.join(folder, 'html', file);
    samples.push({
      source: 'html',
      name: file.slice(0, -'.html'.length),
      sides: async () => again(await readFile(from, 'utf8'), undefined),
    });
  }
  for (const file of await list(json)) {
    if (!file.endsWith('.json')) continue;
    templates.push({ name: file.slice(0, -'.json'.length), file: path.join(json, file) });
  }
  for (const { name, file, target } of templates) {
    const json = await readJson(file);
    if (!hasPage(json)) continue;
    const made = target ?? targetOfJson(json, name);
    samples.push({ source: 'round', name, sides: () => roundSides(json, made) });
  }
  return samples;
}

/** Names in a folder; none when it is missing. */
async function list(...parts: string[]): Promise<string[]> {
  const names = await readdir(path.join(...parts)).catch(() => []);
  return names.filter((name) => !name.startsWith('.')).sort();
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8')) as unknown;
}

async function pairSides(pair: string, target: Target): Promise<Sides> {
  const json = await readJson(path.join(pair, 'template.json'));
  const theirs = await readFile(path.join(pair, 'output.html'), 'utf8');
  return { ours: renderHtml(json, { target }).html, theirs, json };
}

async function pictureSides(place: string): Promise<Sides> {
  const json = await readJson(path.join(place, 'template.json'));
  const file = (await readdir(place)).find((name) => /\.(?:png|jpe?g|webp)$/.test(name));
  if (file === undefined) throw new Error('There is no picture beside the template');
  return {
    ours: renderHtml(json, { target: 'message' }).html,
    picture: await readFile(path.join(place, file)),
    json,
  };
}

/** HTML through the importer and the renderer: it should look as before. */
function again(theirs: string, json: unknown): Sides {
  let count = 0;
  const imported = importHtml(theirs, { id: () => `id-${(count += 1)}` });
  const ours = renderHtml(imported, { target: targetOfHtml(theirs) }).html;
  return { ours, theirs, json };
}

function roundSides(json: unknown, target: Target): Promise<Sides> {
  const first = renderHtml(json, { target }).html;
  return Promise.resolve(again(first, json));
}

/** What a document is, by the outermost class of the service; e-mails when there is none. */
function targetOfHtml(html: string): Target {
  if (/class="[^"]*popup-container/.test(html)) return 'popup';
  return /class="[^"]*-page-container/.test(html) ? 'page' : 'message';
}

/** Only pages and popups have forms; otherwise the name of the file may say it. */
function targetOfJson(json: unknown, name: string): Target {
  if (/popup/.test(name)) return 'popup';
  const form = JSON.stringify(json).includes('newsletter-modules-form"');
  return form || /(?:^|-)(?:landing|page)$/.test(name) ? 'page' : 'message';
}

function hasPage(json: unknown): boolean {
  const text = typeof json === 'object' && json !== null ? json : {};
  return ['page', 'template', 'json'].some((key) => key in text);
}
