// Picture-like blocks of pages and popups: image, divider, spacer, social, icons, video (spec 5.15).
import {
  anchor,
  closeBlock,
  kindSelector,
  labelPairs,
  narrowRule,
  openBlock,
  selector,
} from './context.ts';
import { attr, text } from '../escape.ts';
import { customAttributes } from '../custom-attributes.ts';
import { safeSrc } from '../../template/urls.ts';
import { displayWidth, MARGINS } from '../image.ts';
import { round } from '../../template/css.ts';
import { shorthandOf } from '../box.ts';
import { vimeoId, youtubeId } from '../../template/blocks/pictures.ts';
import type {
  DividerBlock,
  IconsBlock,
  ImageBlock,
  SocialBlock,
  SpacerBlock,
  VideoBlock,
} from '../../template/types.ts';
import type { PageContext } from './context.ts';

/** The picture grows with the column up to its display width. */
export function image(block: ImageBlock, context: PageContext): void {
  const { out, sheet, prefix } = context;
  const src = safeSrc(block.src);
  if (src === '') return;
  sheet.kinds.add(kindSelector(context, 'image'), 'overflow', 'auto');
  sheet.kinds.add(kindSelector(context, 'image', ' img'), 'display', 'block', 'width', '100%');
  sheet.kinds.add(
    kindSelector(context, 'image', ` .${prefix}-${block.placement}`),
    'margin',
    MARGINS[block.placement],
  );
  openBlock(context, 'image', block, 'width', '100%');
  const full = block.fullWidth ? ` ${prefix}-fullwidthOnMobile` : '';
  const extra = customAttributes(block, 'tag');
  const picture = `<img class="${prefix}-${block.placement} ${prefix}-${block.sizing}${full}"${out.style('max-width', `${displayWidth(block, context.width)}px`, 'border-radius', block.radius)} src="${attr(src)}" alt="${attr(block.alt)}" title="${attr(block.title)}"${extra}>`;
  const start = anchor({ ...block.link, title: '' });
  out.line(`${start}${picture}${start === '' ? '' : '</a>'}`);
  closeBlock(context);
  if (block.fullWidth) {
    sheet.narrowKinds.add(
      `${context.scope}img.${prefix}-fullwidthOnMobile`,
      'max-width',
      'none !important',
    );
  }
  if (block.mobilePlacement !== '') {
    narrowRule(context, `${selector(context)} img`, 'margin', MARGINS[block.mobilePlacement]);
  }
}

/** A line, or a spacer where no line can be seen. */
export function divider(block: DividerBlock, context: PageContext): void {
  const { out, sheet, prefix } = context;
  const place = block.align as keyof typeof MARGINS;
  sheet.kinds.add(kindSelector(context, 'divider'), 'overflow', 'auto');
  openBlock(context, 'divider', block);
  if (block.line === undefined) {
    out.line(
      `<div class="spacer"${out.style('height', `${block.height || block.thickness}px`)}></div>`,
    );
  } else {
    sheet.kinds.add(kindSelector(context, 'divider', ` .${place}`), 'margin', MARGINS[place]);
    const { width, style, color } = block.line;
    out.line(
      `<div class="${place} ${prefix}-separator"${out.style('border-top', `${width}px ${style} ${color}`, 'width', block.width)}></div>`,
    );
  }
  closeBlock(context);
  const moved = MARGINS[block.mobile.textAlign as keyof typeof MARGINS] as string | undefined;
  if (block.line !== undefined && moved !== undefined) {
    narrowRule(context, `${selector(context)} .${prefix}-separator`, 'margin', moved);
  }
}

/** Vertical space. */
export function spacer(block: SpacerBlock, context: PageContext): void {
  const { out } = context;
  openBlock(context, 'spacer', block);
  out.line(
    `<div class="spacer"${out.style('height', `${block.height}px`, 'background-color', block.color)}></div>`,
  );
  closeBlock(context);
  if (block.mobile.height !== undefined) {
    narrowRule(context, selector(context), 'height', `${block.mobile.height}px`);
  }
}

/** Icons of social networks on one line. */
export function social(block: SocialBlock, context: PageContext): void {
  const { out, sheet } = context;
  openBlock(context, 'social', block, 'text-align', block.align);
  const gap = out.style('padding', shorthandOf(block.gap));
  // On one line: white space between the icons would be seen.
  const pictures = block.icons.map((icon) => {
    const start = anchor({ ...icon, title: '' });
    const picture = `<img src="${attr(safeSrc(icon.src))}" alt="${attr(icon.alt)}" title="${attr(icon.title)}">`;
    return `<span class="icon"${gap}>${start}${picture}${start === '' ? '' : '</a>'}</span>`;
  });
  out.line(`<div class="content">${pictures.join('')}</div>`);
  closeBlock(context);
  sheet.numbered.add(`${selector(context)} .icon img`, 'max-height', `${block.size}px`);
  narrowRule(context, selector(context), 'text-align', block.mobile.textAlign);
}

/** Pictures with optional labels. */
export function icons(block: IconsBlock, context: PageContext): void {
  const { out, sheet, prefix } = context;
  const { style } = block;
  const target = selector(context);
  sheet.kinds.add(
    kindSelector(context, 'icon'),
    'display',
    'inline-block',
    'vertical-align',
    'middle',
  );
  sheet.kinds.add(
    kindSelector(context, 'icon', ` .${prefix}-content`),
    'display',
    'flex',
    'align-items',
    'center',
  );
  sheet.kinds.add(kindSelector(context, 'icon', ' a'), 'text-decoration', 'none');
  openBlock(context, 'icons', block, ...labelPairs(style), 'text-align', block.align);
  const items = block.icons.map((item, i) => {
    const last = i === block.icons.length - 1;
    const start = anchor(item);
    const end = start === '' ? '' : '</a>';
    const src = safeSrc(item.src);
    const stacked = item.position === 'top' || item.position === 'bottom';
    const picture =
      src === ''
        ? ''
        : `<div class="${prefix}-icon-image">${start}<img src="${attr(src)}" alt="${attr(item.alt)}" height="${block.height}">${end}</div>`;
    const label =
      item.text === ''
        ? ''
        : `<div class="${prefix}-icon-label ${prefix}-icon-label-${item.position}">${start}${text(item.text)}${end}</div>`;
    const order =
      item.position === 'left' || item.position === 'top' ? label + picture : picture + label;
    const names = `${prefix}-icon${i === 0 ? ` ${prefix}-icon-first` : ''}${last ? ` ${prefix}-icon-last` : ''}`;
    return `<div class="${names}"><div class="${prefix}-content"${out.style('flex-direction', stacked ? 'column' : '')}>${order}</div></div>`;
  });
  // On one line: white space between inline blocks would be seen.
  out.line(items.join(''));
  closeBlock(context);
  sheet.numbered.add(`${target} .${prefix}-icon-image`, 'padding', shorthandOf(block.gap));
  if (items.length > 1) {
    sheet.numbered.add(
      `${target} .${prefix}-icon:not(.${prefix}-icon-last) .${prefix}-content`,
      'margin-right',
      `${block.itemGap}px`,
    );
  }
  narrowRule(
    context,
    target,
    'text-align',
    block.mobile.textAlign,
    'font-size',
    block.mobile.fontSize === undefined ? '' : `${block.mobile.fontSize}px`,
  );
}

/** An embedded player, an HTML5 video, or a linked preview picture. */
export function video(block: VideoBlock, context: PageContext): void {
  const { out, sheet } = context;
  const src = safeSrc(block.src);
  const tube = youtubeId(src);
  const vimeo = vimeoId(src);
  openBlock(context, 'video', block);
  if (block.mode === 'embedded' && (tube !== '' || vimeo !== '')) {
    const settings = [`controls=${block.controls ? 1 : 0}`, ...(block.loop ? ['loop=1'] : [])];
    if (block.loop && tube !== '') settings.push(`playlist=${tube}`);
    const host =
      tube === ''
        ? `https://player.vimeo.com/video/${vimeo}`
        : `https://www.youtube.com/embed/${tube}`;
    out.open(
      `<div${out.style('padding', `${round(100 / block.ratio)}% 0 0 0`, 'position', 'relative')}>`,
    );
    out.line(
      `<iframe src="${host}?${settings.join('&amp;')}" allow="fullscreen" allowfullscreen frameborder="0" title="${attr(block.title || 'video')}"${out.style('position', 'absolute', 'top', '0', 'left', '0', 'width', '100%', 'height', '100%')}></iframe>`,
    );
    out.close('</div>');
  } else if (block.mode === 'custom' && src !== '') {
    const poster = safeSrc(block.thumbnail);
    out.line(
      `<video${block.controls ? ' controls' : ''}${block.loop ? ' loop' : ''}${poster === '' ? '' : ` poster="${attr(poster)}"`} preload="metadata"${out.style('display', 'block', 'width', '100%')}><source src="${attr(src)}"></video>`,
    );
  } else {
    const thumbnail = safeSrc(block.thumbnail);
    sheet.kinds.add(
      kindSelector(context, 'video', ' a'),
      'position',
      'relative',
      'width',
      '100%',
      'display',
      'block',
    );
    sheet.kinds.add(
      kindSelector(context, 'video', ' img'),
      'display',
      'block',
      'width',
      '100%',
      'height',
      'auto',
    );
    const start = anchor({ href: src, target: '_blank', title: '' });
    if (thumbnail !== '') {
      const play = start === '' ? '' : playButton(block, context);
      out.line(
        `${start}<img src="${attr(thumbnail)}" alt="${attr(block.title)}">${play}${start === '' ? '' : '</a>'}`,
      );
    }
  }
  closeBlock(context);
}

/** What lies over a preview picture: a picture of its own, or a circle with a triangle (spec 4.7). */
function playButton({ icon }: VideoBlock, { out, prefix }: PageContext): string {
  const size = `${icon.size}px`;
  const place = ['position', 'absolute', 'top', '50%', 'left', '50%'] as const;
  const name = `class="${prefix}-video-play"`;
  const own = safeSrc(icon.src);
  const middle = ['transform', 'translate(-50%,-50%)'] as const;
  if (own !== '') {
    return `<span ${name}${out.style(...place, 'width', size, ...middle)}><img src="${attr(own)}" alt=""></span>`;
  }
  const third = round(icon.size / 4);
  const triangle = out.style(
    ...place,
    'border-style',
    'solid',
    'border-width',
    `${third}px 0 ${third}px ${round(icon.size * 0.4)}px`,
    'border-color',
    `transparent transparent transparent ${icon.line}`,
    'transform',
    'translate(-40%,-50%)',
  );
  const circle = out.style(
    ...place,
    'width',
    size,
    'height',
    size,
    'border',
    `3px solid ${icon.line}`,
    'border-radius',
    '50%',
    'background-color',
    icon.fill,
    ...middle,
  );
  return `<span ${name}${circle}><span${triangle}></span></span>`;
}
