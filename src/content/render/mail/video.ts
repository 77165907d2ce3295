// Videos and carousels of e-mails: a linked preview picture; AMP has a real carousel (spec 5.7, 5.17).
import { ampImage } from './pictures.ts';
import { anchor, closeBlock, href, openBlock, tableStyle } from './context.ts';
import { attr, attrInComment } from '../escape.ts';
import { styleUrl } from '../../template/safe-css.ts';
import { MARGINS } from '../image.ts';
import { safeSrc } from '../../template/urls.ts';
import { round } from '../../template/css.ts';
import type { CarouselBlock, VideoBlock } from '../../template/types.ts';
import type { MailContext } from './context.ts';

/**
 * `video_block`: the preview as background, a play button on it, and VML for Outlook. Without a known preview picture (only
 * YouTube's follow from the address) a dark area takes its place; AMP has no such thing.
 */
export function video(block: VideoBlock, context: MailContext): void {
  const { out, sheet } = context;
  const thumbnail = safeSrc(block.thumbnail);
  const url = href(context, block.src);
  if (thumbnail === '' && (url === '' || context.amp)) {
    context.warn('a video without a preview picture is left out');
    return;
  }
  // Outlook takes the size as it is, so the paddings are taken off here.
  const { left = 0, right = 0 } = block.padding;
  const room = Math.max(1, context.width - left - right);
  const width = Math.round(Math.min(block.width ?? room, room));
  const height = Math.round(width / block.ratio);
  openBlock(context, 'video', block);
  const start = anchor(context, { href: url, target: '_blank', title: '' });
  if (context.amp) {
    const picture = ampImage(
      context,
      thumbnail,
      block.title,
      width,
      { width, height },
      'responsive',
    );
    out.line(
      `<div${out.style('max-width', `${width}px`, 'margin', MARGINS[block.placement])}>${start}${picture}${start === '' ? '' : '</a>'}</div>`,
    );
  } else {
    sheet.features.add('video');
    preview(block, context, { thumbnail, url, width, height });
  }
  closeBlock(context);
}

interface Preview {
  readonly thumbnail: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

function preview(
  block: VideoBlock,
  context: MailContext,
  { thumbnail, url, width, height }: Preview,
): void {
  const { out } = context;
  const { size, line, fill } = block.icon;
  const target = url === '' ? '' : ` href="${attr(url)}" target="_blank"`;
  const tag = url === '' ? 'div' : 'a';
  out.line('<!--[if !vml]><!-->');
  out.open(
    `<${tag}${target} class="video-preview"${out.style('background-color', '#5b5f66', 'background-image', 'radial-gradient(circle at center, #5b5f66, #1d1f21)', 'display', 'block', 'text-decoration', 'none', 'max-width', `${width}px`, 'margin', MARGINS[block.placement])}>`,
  );
  out.open('<div>');
  out.open(
    `<table cellpadding="0" cellspacing="0" border="0" role="presentation" width="100%"${thumbnail === '' ? '' : ` background="${attr(thumbnail)}"`}${tableStyle(context, 'background-image', thumbnail === '' ? '' : `url('${styleUrl(thumbnail)}')`, 'background-size', 'cover', 'background-position', 'center', 'table-layout', 'fixed')}>`,
  );
  out.open('<tr>');
  // A quarter of the width times four over the ratio is the height, at every width.
  out.line(
    `<td width="25%"><div${out.style('padding-top', `${round(400 / block.ratio)}%`, 'font-size', '0', 'line-height', '0')}></div></td>`,
  );
  const half = Math.round(size / 4);
  const long = Math.round(size * 0.4);
  const edge = Math.max(2, Math.round(size / 20));
  const inner = size - 2 * edge;
  const circle = out.style(
    'display',
    'inline-block',
    'box-sizing',
    'border-box',
    'width',
    `${size}px`,
    'height',
    `${size}px`,
    'padding-top',
    `${Math.round(inner / 2 - half)}px`,
    'padding-left',
    // A triangle looks centred when its centre of mass is, not its box.
    `${Math.round((inner - long) / 2 + long / 12)}px`,
    'border',
    `${edge}px solid ${line}`,
    'border-radius',
    '50%',
    'background-color',
    fill,
    'text-align',
    'left',
    'line-height',
    '0',
  );
  const arrow = out.style(
    'display',
    'inline-block',
    'width',
    '0',
    'height',
    '0',
    'font-size',
    '0',
    'border-style',
    'solid',
    'border-width',
    `${half}px 0 ${half}px ${long}px`,
    'border-color',
    `transparent transparent transparent ${line}`,
  );
  const icon = safeSrc(block.icon.src);
  const play =
    icon === ''
      ? `<div class="play-button_outer"${circle}><div${arrow}>&#8202;</div></div>`
      : `<img src="${attr(icon)}" width="${size}" alt="" height="auto"${out.style('display', 'inline-block', 'border', '0')}>`;
  out.line(
    `<td align="center" valign="middle" width="50%"${out.style('vertical-align', 'middle')}>${play}</td>`,
  );
  out.line(`<td width="25%">&#8202;</td>`);
  out.close('</tr>');
  out.close('</table>');
  out.close('</div>');
  out.close(`</${tag}>`);
  out.line('<!--<![endif]-->');
  const drawn = { thumbnail, url, width, height };
  out.line(context.inShape ? plainPicture(block, drawn) : outlook(block, drawn));
}

/** The picture alone, linked, where Outlook could draw no shapes. */
function plainPicture(block: VideoBlock, { thumbnail, url, width, height }: Preview): string {
  const title = attrInComment(block.title || 'video');
  const inside =
    thumbnail === ''
      ? title
      : `<img src="${attrInComment(thumbnail)}" width="${width}" height="${height}" border="0" alt="${title}">`;
  return url === ''
    ? `<!--[if vml]>${inside}<![endif]-->`
    : `<!--[if vml]><a href="${attrInComment(url)}">${inside}</a><![endif]-->`;
}

/** The same as a VML group: picture, circle and triangle, or the play button that the template brings. */
function outlook(block: VideoBlock, { thumbnail, url, width, height }: Preview): string {
  const { size } = block.icon;
  const left = Math.round((width - size) / 2);
  const top = Math.round((height - size) / 2);
  const target = url === '' ? '' : ` href="${attrInComment(url)}"`;
  const fill =
    thumbnail === ''
      ? '<v:fill color="#1d1f21"/>'
      : `<v:fill src="${attrInComment(thumbnail)}" type="frame"/>`;
  const icon = safeSrc(block.icon.src);
  const play =
    icon === ''
      ? playShapes(block, left, top)
      : `<v:rect fill="t" stroked="f" style="position:absolute;left:${left};top:${top};width:${size};height:${size};"><v:fill src="${attrInComment(icon)}" type="frame"/></v:rect>`;
  return [
    '<!--[if vml]>',
    `<v:group xmlns:v="urn:schemas-microsoft-com:vml" coordsize="${width},${height}" coordorigin="0,0"${target} style="width:${width}px;height:${height}px;">`,
    `<v:rect fill="t" stroked="f" style="position:absolute;width:${width};height:${height};">${fill}</v:rect>`,
    play,
    '</v:group><![endif]-->',
  ].join('\n');
}

function playShapes({ icon: { size, line, fill } }: VideoBlock, left: number, top: number): string {
  const color = attrInComment(line);
  const inner =
    fill === '' || fill === 'transparent'
      ? ' filled="false"'
      : ` fillcolor="${attrInComment(fill)}"`;
  return [
    `<v:oval${inner} strokecolor="${color}" strokeweight="2px" style="position:absolute;left:${left};top:${top};width:${size};height:${size}"></v:oval>`,
    `<v:shape coordsize="24,32" path="m,l,32,24,16,xe" fillcolor="${color}" stroked="f" style="position:absolute;left:${left + Math.round(size * 0.38)};top:${top + Math.round(size * 0.28)};width:${Math.round(size * 0.34)};height:${Math.round(size * 0.44)};"></v:shape>`,
  ].join('\n');
}

/** A carousel: only AMP mail shows it (spec 5.17). The first slide sets the ratio. */
export function carousel(block: CarouselBlock, context: MailContext): void {
  const { out } = context;
  if (out.amp === undefined) {
    context.warn('a carousel is left out: only AMP e-mails show it');
    return;
  }
  const slides = block.slides.filter(({ src }) => out.amp!.src(safeSrc(src)) !== '');
  if (slides.length === 0) return;
  out.amp.components.add('amp-carousel');
  openBlock(context, 'carousel', block);
  const width = Math.round(context.width);
  const height = Math.round(block.height ?? (width * 9) / 16);
  const auto =
    block.interval === undefined ? '' : ` autoplay delay="${Math.round(block.interval * 1000)}"`;
  out.open(
    `<amp-carousel type="slides" layout="responsive" width="${width}" height="${height}"${auto} controls loop>`,
  );
  for (const slide of slides) {
    const picture = out.amp.image(
      safeSrc(slide.src),
      slide.alt,
      width,
      height,
      ' layout="responsive"',
    );
    const start = anchor(context, slide);
    out.line(`<div>${start}${picture}${start === '' ? '' : '</a>'}</div>`);
  }
  out.close('</amp-carousel>');
  closeBlock(context);
}
