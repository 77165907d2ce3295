// What else has to change in a block for a new style to show (Beefree spec 4.7).
import { text } from '../template/values.ts';
import { redeclared, relisted } from './markup.ts';
import { valueAt, withValue } from './edit.ts';
import type { Raw } from '../template/values.ts';

/** `given` are the dotted paths that the styles wrote. */
type Effect = (before: Raw, after: Raw, given: ReadonlySet<string>) => Raw;

const changed = (before: Raw, after: Raw, ...path: string[]): boolean =>
  valueAt(before, path) !== valueAt(after, path);

/** Style properties of the block that are not what they were. */
function changes(
  before: Raw,
  after: Raw,
  block: string,
  names: readonly string[],
): Map<string, string> {
  const found = names.filter((name) => changed(before, after, block, 'style', name));
  return new Map(found.map((name) => [name, text(valueAt(after, [block, 'style', name]))]));
}

const LOOK = ['color', 'font-family', 'font-size', 'line-height'];

/** Colours of links in the markup, when the block has another one now. */
function links(html: string, before: Raw, after: Raw, path: string[]): string {
  if (!changed(before, after, ...path)) return html;
  const color = new Map([['color', text(valueAt(after, path))]]);
  return redeclared(html, color, (tag) => tag === 'a');
}

function htmlEffect(block: string, member: string, linkColor: string[]): Effect {
  return (before, after) => {
    const html = valueAt(after, [block, member]);
    if (typeof html !== 'string') return after;
    return withValue(after, [block, member], links(html, before, after, [block, ...linkColor]));
  };
}

const button: Effect = (before, after, given) => {
  let result = after;
  const label = valueAt(after, ['button', 'label']);
  if (typeof label === 'string' && !given.has('button.label')) {
    const look = changes(before, after, 'button', LOOK);
    result = withValue(
      result,
      ['button', 'label'],
      redeclared(label, look, () => true),
    );
  }
  const style = valueAt(before, ['button', 'style']) !== valueAt(after, ['button', 'style']);
  if (!style && !changed(before, after, 'button', 'label')) return result;
  // The size that the editor measured is not the size any more; without one, it is worked out.
  return without(without(result, ['computedStyle', 'width']), ['computedStyle', 'height']);
};

const EFFECTS: Readonly<Record<string, Effect>> = {
  button,
  heading: htmlEffect('heading', 'text', ['style', 'link-color']),
  paragraph: htmlEffect('paragraph', 'html', ['computedStyle', 'linkColor']),
  text: (before, after) => {
    const html = valueAt(after, ['text', 'html']);
    if (typeof html !== 'string') return after;
    // Spans say what somebody wanted for some words; wrappers and paragraphs repeat the block.
    const look = changes(before, after, 'text', LOOK);
    const restyled = redeclared(html, look, (tag) => tag === 'div' || tag === 'p');
    const path = ['text', 'computedStyle', 'linkColor'];
    return withValue(after, ['text', 'html'], links(restyled, before, after, path));
  },
  list: (before, after) => {
    const html = valueAt(after, ['list', 'html']);
    if (typeof html !== 'string') return after;
    const tag = text(valueAt(after, ['list', 'tag']));
    const list = changed(before, after, 'list', 'tag') ? relisted(html, tag) : html;
    const path = ['list', 'computedStyle', 'linkColor'];
    const linked = withValue(after, ['list', 'html'], links(list, before, after, path));
    // Two members say where a list starts, and the newer one counts.
    const start = ['list', 'computedStyle', 'startListFrom'];
    return changed(before, after, 'list', 'computedStyle', 'startList') &&
      !changed(before, after, ...start) &&
      valueAt(after, start) !== undefined
      ? withValue(linked, start, valueAt(after, ['list', 'computedStyle', 'startList']))
      : linked;
  },
  image: (before, after) =>
    // The natural size was that of the other file.
    changed(before, after, 'image', 'src')
      ? without(without(after, ['image', 'width']), ['image', 'height'])
      : after,
};

/**
 * The descriptor of a block after its styles changed, with what follows from that. `type` is the end of its type, `given`
 * the dotted paths that the styles wrote.
 */
export function withEffects(
  type: string,
  before: Raw,
  after: Raw,
  given: ReadonlySet<string>,
): Raw {
  if (before === after) return after;
  const name = type === 'title' ? 'heading' : type === 'logo' ? 'image' : type;
  const effect = Object.hasOwn(EFFECTS, name) ? EFFECTS[name] : undefined;
  return effect ? effect(before, after, given) : after;
}

function without(raw: Raw, [holder = '', name = '']: readonly string[]): Raw {
  const inner = valueAt(raw, [holder]);
  if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return raw;
  const { [name]: _gone, ...rest } = inner as Record<string, unknown>;
  return { ...raw, [holder]: rest };
}
