// Tests that attacks in all texts of a template with every block stay text, in every target.
import { describe, expect, test } from 'vitest';
import { asOutlook, ATTACKS, escaped } from './hostile-kit.ts';
import { everyBlock } from './every-block.ts';
import { renderHtml } from './render.ts';
import type { Target } from './render.ts';

const TARGETS: readonly Target[] = ['message', 'page', 'popup', 'amp'];

/** Pages print what their author wrote as HTML, by contract (spec 4.2, 4.7, 5.12). */
const OWN =
  /\.(?:html\.html|mergeContent\.value|displayCondition\.(?:before|after)|head\.customTags)$/;

/** The document with another text in the places that `change` has one for. */
function changed(value: unknown, change: (at: string) => string | undefined, at = ''): unknown {
  if (typeof value === 'string') return change(at) ?? value;
  if (Array.isArray(value)) return value.map((item, i) => changed(item, change, `${at}.${i}`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, changed(item, change, `${at}.${key}`)]),
  );
}

const places: string[] = [];
changed(everyBlock(), (at) => {
  places.push(at);
  return undefined;
});

const count = (html: string, part: string) => html.split(part).length - 1;

function found(template: unknown, target: Target): string | undefined {
  const { html } = renderHtml(template, {
    target,
    language: 'de',
    darkMode: true,
    outlookBackgrounds: true,
  });
  for (const what of escaped(html)) return what;
  if (target !== 'message') return undefined;
  for (const what of escaped(asOutlook(html))) return `in Outlook: ${what}`;
  return count(html, '<!--[if') === count(html, '<![endif]-->') ? undefined : 'comments';
}

describe.each(TARGETS)('%s', (target) => {
  const own = target === 'page' || target === 'popup' ? OWN : /^$/;
  // Without its type a block would not be drawn at all.
  const usable = places.filter((at) => !own.test(at) && !/\.modules\.\d+\.type$/.test(at));

  test.each(ATTACKS)('%s everywhere', (attack) => {
    const all = new Set(usable);
    expect(
      found(
        changed(everyBlock(), (at) => (all.has(at) ? attack : undefined)),
        target,
      ),
    ).toBeUndefined();
  });

  test('another attack in each of a few places', () => {
    // Fields that decide how others are read must stay sound now and then, so only some change at a time.
    const STEP = 9;
    for (let turn = 0; turn < STEP; turn += 1) {
      for (let shift = 0; shift < 5; shift += 1) {
        const chosen = new Map(
          usable
            .map((at, i) => [at, i] as const)
            .filter(([, i]) => i % STEP === turn)
            .map(([at, i]) => [
              at,
              ATTACKS[(Math.floor(i / STEP) * 3 + shift * 8 + turn) % ATTACKS.length]!,
            ]),
        );
        const template = changed(everyBlock(), (at) => chosen.get(at));
        const what = found(template, target);
        if (what !== undefined) throw new Error(`${what} by ${JSON.stringify([...chosen])}`);
      }
    }
  });
});
