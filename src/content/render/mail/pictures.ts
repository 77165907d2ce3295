// Picture-like blocks of e-mails: image, divider, spacer, social, icons (spec 5.7).
import {
  anchor,
  blockAttributes,
  changingStyle,
  closeBlock,
  mobileAlign,
  mobileRule,
  openBlock,
  selector,
  TABLE,
  tableStyle,
} from './context.ts';
import { attr, text } from '../escape.ts';
import { customAttributes } from '../custom-attributes.ts';
import { displayWidth, MARGINS } from '../image.ts';
import { important } from '../sheet.ts';
import { nonZero } from '../box.ts';
import { safeSrc } from '../../template/urls.ts';
import { round } from '../../template/css.ts';
import type {
  DividerBlock,
  Icon,
  IconsBlock,
  ImageBlock,
  SocialBlock,
  SpacerBlock,
} from '../../template/types.ts';
import type { MailContext } from './context.ts';

/** `amp-img` in the natural ratio; without natural sizes a 16:9 guess that shows all of the picture (spec 5.17). */
export function ampImage(
  context: MailContext,
  src: string,
  alt: string,
  width: number,
  natural: { readonly width: number | undefined; readonly height: number | undefined },
  layout: 'responsive' | 'fixed',
): string {
  const known = natural.width !== undefined && natural.height !== undefined;
  const [w, h] =
    known && layout === 'responsive'
      ? [natural.width, natural.height]
      : [width, known ? (width * natural.height) / natural.width : (width * 9) / 16];
  if (!known) context.sheet.wide.add('.fit img', 'object-fit', 'contain');
  const fit = known ? '' : ' class="fit"';
  return context.out.amp!.image(src, alt, w, h, `${fit} layout="${layout}"`);
}

/** `image_block`; without a usable `src` it draws nothing. */
export function image(block: ImageBlock, context: MailContext): void {
  const { out } = context;
  const src = safeSrc(block.src);
  if (src === '') return;
  const width = displayWidth(block, context.width);
  openBlock(context, 'image', block, {
    pad: [
      'width',
      '100%',
      'padding-right',
      block.padding.right === 0 ? '0px' : '',
      'padding-left',
      block.padding.left === 0 ? '0px' : '',
    ],
  });
  out.open(`<div class="alignment" align="${block.placement}">`);
  const extra = customAttributes(block, 'tag');
  const onLink = customAttributes(block, 'link');
  const picture = context.amp
    ? ampImage(
        context,
        src,
        block.alt,
        width,
        { width: block.naturalWidth, height: block.naturalHeight },
        'responsive',
      )
    : `<img src="${attr(src)}"${out.style('display', 'block', 'height', 'auto', 'border', '0', 'width', '100%', 'border-radius', block.radius)} width="${width}" alt="${attr(block.alt)}" title="${attr(block.title)}" height="auto"${extra}>`;
  const start = anchor(
    context,
    block.link,
    context.amp ? '' : ` style="outline:none" tabindex="-1"${onLink}`,
  );
  const full = block.fullWidth ? ' class="fullWidth"' : '';
  if (block.fullWidth) context.sheet.features.add('fullwidth');
  // In AMP the responsive picture takes all of its parent, so the parent needs the alignment too.
  const margin = context.amp ? MARGINS[block.placement] : '';
  const target = `${selector(context, 'image')} .alignment div`;
  const over = ['margin', block.mobilePlacement === '' ? '' : MARGINS[block.mobilePlacement]];
  const style = changingStyle(context, target, over, 'max-width', `${width}px`, 'margin', margin);
  out.line(`<div${full}${style}>${start}${picture}${start === '' ? '' : '</a>'}</div>`);
  out.close('</div>');
  closeBlock(context);
  mobileRule(context, target, ...over);
}

/** `divider_block`: a line, or empty space where no line can be seen. */
export function divider(block: DividerBlock, context: MailContext): void {
  const { out } = context;
  openBlock(context, 'divider', block);
  out.open(`<div class="alignment" align="${block.align}">`);
  if (block.line === undefined && block.height > 0) {
    out.line(
      `<div class="spacer"${out.style('height', `${block.height}px`, 'line-height', `${block.height}px`, 'font-size', '1px')}>&#8202;</div>`,
    );
  } else {
    out.open(`<table ${TABLE} width="${block.width.replace('px', '')}"${tableStyle(context)}>`);
    out.open('<tr>');
    const line = block.line ?? { width: block.thickness, style: 'solid', color: 'transparent' };
    out.line(
      `<td class="divider_inner"${out.style('font-size', '1px', 'line-height', '1px', 'border-top', `${line.width}px ${line.style} ${line.color}`)}><span${out.style('word-break', 'break-word')}>&#8202;</span></td>`,
    );
    out.close('</tr>');
    out.close('</table>');
  }
  out.close('</div>');
  closeBlock(context);
  if (block.mobile.textAlign !== '') {
    mobileAlign(context, 'divider', block);
    mobileRule(
      context,
      `${selector(context, 'divider')} .alignment table`,
      'display',
      'inline-table',
    );
  }
}

/** `div.spacer_block`: the one block that is no table. */
export function spacer(block: SpacerBlock, context: MailContext): void {
  const { out } = context;
  const target = selector(context, 'spacer');
  const over = ['height', block.mobile.height === undefined ? '' : `${block.mobile.height}px`];
  const style = changingStyle(
    context,
    target,
    over,
    'height',
    `${block.height}px`,
    'line-height',
    `${block.height}px`,
    'font-size',
    '1px',
    'background-color',
    block.color,
    ...context.hide,
  );
  out.line(`<div ${blockAttributes(context, 'spacer', block)}${style}>&#8202;</div>`);
  mobileRule(context, target, ...over);
}

/** `social_block`: one table as wide as its icons and their gaps. */
export function social(block: SocialBlock, context: MailContext): void {
  const { out, sheet } = context;
  sheet.features.add('social');
  openBlock(context, 'social', block, { pad: ['text-align', block.align] });
  out.open(`<div class="alignment" align="${block.align}">`);
  const gap = [block.gap.top, block.gap.right, block.gap.bottom, block.gap.left]
    .map((side) => (side ? `${side}px` : '0'))
    .join(' ');
  const width = block.icons.length * (block.size + (block.gap.left ?? 0) + (block.gap.right ?? 0));
  out.open(
    `<table class="social-table" width="${round(width)}px" ${TABLE}${tableStyle(context, 'display', 'inline-block')}>`,
  );
  out.open('<tr>');
  for (const icon of block.icons) {
    const src = safeSrc(icon.src);
    const picture = context.amp
      ? ampImage(context, src, icon.alt, block.size, { width: 1, height: 1 }, 'fixed')
      : `<img src="${attr(src)}" width="${block.size}" height="auto" alt="${attr(icon.alt)}" title="${attr(icon.title)}"${out.style('display', 'block', 'height', 'auto', 'border', '0')}>`;
    const start = anchor(context, icon);
    out.line(
      `<td${out.style('padding', gap)}>${start}${picture}${start === '' ? '' : '</a>'}</td>`,
    );
  }
  out.close('</tr>');
  out.close('</table>');
  out.close('</div>');
  closeBlock(context);
  // A row that only the narrow view shows makes all its tables blocks again.
  if (context.hide.length > 0 && !block.hidden.desktop) {
    sheet.helpers.add('.desktop_hide .social-table', ...important(['display', 'inline-block']));
  }
  mobileAlign(context, 'social', block);
}

/** `icons_block`: pictures with optional labels, one inner table an item. */
export function icons(block: IconsBlock, context: MailContext): void {
  const { out, sheet, amp } = context;
  sheet.features.add('icons');
  const { style } = block;
  openBlock(context, 'icons', block, {
    table: ['text-align', block.align, 'line-height', '0'],
    always: [
      'vertical-align',
      'middle',
      'color',
      style.color,
      'font-family',
      style.font,
      'font-size',
      `${style.size}px`,
      'font-weight',
      style.weight === '400' ? '' : style.weight,
      'text-align',
      block.align,
    ],
  });
  out.open(`<table width="100%" ${TABLE}${tableStyle(context)}>`);
  out.open('<tr>');
  out.open(
    `<td class="alignment"${out.style('vertical-align', 'middle', 'text-align', block.align)}>`,
  );
  for (const [i, item] of block.icons.entries()) {
    const spaced = i > 0 ? nonZero(block.itemGap) : '';
    const forOutlook = amp
      ? ''
      : `<!--[if vml]><table align="${block.align}" cellpadding="0" cellspacing="0" role="presentation" style="display:inline-block;padding-left:${spaced || '0px'};padding-right:0px;mso-table-lspace: 0pt;mso-table-rspace: 0pt;"><![endif]--><!--[if !vml]><!-->`;
    const start = `<table class="icons-inner"${tableStyle(context, 'display', 'inline-block', 'padding-left', spaced || '0px', 'padding-right', '0px')} cellpadding="0" cellspacing="0" role="presentation">${amp ? '' : '<!--<![endif]-->'}`;
    if (i === 0) out.open(forOutlook + start);
    else out.next(`</table>${forOutlook}${start}`);
    for (const line of iconCells(item, block, context)) {
      out.open('<tr>');
      for (const cell of line) out.line(cell);
      out.close('</tr>');
    }
  }
  if (block.icons.length > 0) out.close('</table>');
  out.close('</td>');
  out.close('</tr>');
  out.close('</table>');
  closeBlock(context);
  const { mobile } = block;
  const target = selector(context, 'icons');
  mobileAlign(context, 'icons', block);
  if (mobile.fontSize !== undefined) {
    mobileRule(context, `${target} td.pad td`, 'font-size', `${mobile.fontSize}px`);
  }
}

/** The cells of one item: picture and label side by side, or in two rows. */
function iconCells(
  item: Icon,
  block: IconsBlock,
  context: MailContext,
): readonly (readonly string[])[] {
  const { out } = context;
  const { style, gap } = block;
  const src = safeSrc(item.src);
  const img = context.amp
    ? ampImage(
        context,
        src,
        item.alt,
        item.width,
        { width: item.width, height: block.height },
        'fixed',
      )
    : `<img class="icon" alt="${attr(item.alt)}" src="${attr(src)}" height="auto" width="${item.width}" align="center"${out.style('display', 'block', 'height', 'auto', 'margin', '0 auto', 'border', '0')}>`;
  const linked = anchor(context, item, out.style('text-decoration', 'none'));
  const sides = out.style(
    'vertical-align',
    'middle',
    'text-align',
    'center',
    'padding-top',
    `${gap.top ?? 0}px`,
    'padding-bottom',
    `${gap.bottom ?? 0}px`,
    'padding-left',
    `${gap.left ?? 0}px`,
    'padding-right',
    `${gap.right ?? 0}px`,
  );
  const picture =
    src === '' ? '' : `<td${sides}>${linked}${img}${linked === '' ? '' : '</a>'}</td>`;
  const named = anchor(context, item, out.style('color', style.color, 'text-decoration', 'none'));
  const size = block.mobile.fontSize === undefined ? '' : `${block.mobile.fontSize}px`;
  const font = changingStyle(
    context,
    `${selector(context, 'icons')} td.pad td`,
    ['font-size', size],
    'font-family',
    style.font,
    'font-size',
    `${style.size}px`,
    'font-weight',
    style.weight,
    'color',
    style.color,
    'vertical-align',
    'middle',
    'letter-spacing',
    style.spacing,
    'text-align',
    item.position === 'top' || item.position === 'bottom' ? 'center' : block.align,
    'line-height',
    'normal',
  );
  const label =
    item.text === ''
      ? ''
      : `<td${font}>${named}${text(item.text)}${named === '' ? '' : '</a>'}</td>`;
  const order =
    item.position === 'left' || item.position === 'top' ? [label, picture] : [picture, label];
  const cells = order.filter((cell) => cell !== '');
  return item.position === 'top' || item.position === 'bottom'
    ? cells.map((cell) => [cell])
    : [cells];
}
