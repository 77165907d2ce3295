// POST /v1/{message|page}/image, also /images: a picture of a document (Beefree spec 3.3); and /thumbnail, an extension: its top in
// an exact size.
import Type, { type TProperties } from 'typebox';
import type { FastifyRequest } from 'fastify';
import type { Captured } from '../capture/captured.ts';
import {
  MAX_HEIGHT,
  MAX_WIDTH,
  renderImage,
  renderThumbnail,
  type ImageType,
} from '../capture/image.ts';
import { objectBody, optionalInteger, optionalText, type JsonObject } from './body.ts';
import { DOCUMENTS, documentOf, documentSchema } from './document.ts';
import { missingField, wrongField } from './errors.ts';
import type { ContentRoute } from './route.ts';
import { warn } from './warnings.ts';

const TYPES: Readonly<Record<string, ImageType>> = {
  jpg: 'jpeg',
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
};

/** Of a thumbnail, in pixels: as wide as a tile of a list, and as tall as most of them. */
const THUMBNAIL = { width: 300, height: 400 };

/** What is left beside the content of a template in its thumbnail, both sides together, in CSS pixels. */
const THUMBNAIL_MARGINS = 40;

/** Widths of the window that have a name (Beefree spec 3.3). */
const VIEWPORTS: Readonly<Record<string, number>> = { desktop: 1024, mobile: 320 };

const schemaOf = (summary: string, more: TProperties) => ({
  summary,
  security: [{ bearer: [] }],
  body: Type.Object({
    ...documentSchema,
    file_type: Type.Optional(Type.String({ description: 'jpg or png; webp is an extension.' })),
    ...more,
    scale: Type.Optional(
      Type.Number({ description: 'Pixels for one, 1 to 3, for dense screens. An extension.' }),
    ),
    transparent: Type.Optional(
      Type.Boolean({ description: 'No white behind the document. An extension.' }),
    ),
    viewport: Type.Optional(
      Type.Union([Type.Integer(), Type.String()], {
        description: 'Width of the window: desktop (1024), mobile (320) or pixels. An extension.',
      }),
    ),
  }),
});

const imageSchema = schemaOf('Takes a picture of a document', {
  width: Type.Optional(
    Type.Integer({ description: `Width of the picture, 1 to ${MAX_WIDTH} pixels.` }),
  ),
  height: Type.Optional(
    Type.Integer({
      description: `Height at which the picture is cut, 1 to ${MAX_HEIGHT} pixels.`,
    }),
  ),
  size: Type.Optional(Type.String({ description: 'Width, when `width` is not given.' })),
});

const thumbnailSchema = schemaOf('Takes a small picture of the top of a document', {
  width: Type.Optional(Type.Integer({ default: THUMBNAIL.width })),
  height: Type.Optional(Type.Integer({ default: THUMBNAIL.height })),
});

const images: ContentRoute[] = DOCUMENTS.flatMap((collection) =>
  ['image', 'images'].map(
    (resource): ContentRoute =>
      (app, { config, browser, capture, cache }) => {
        const schema = { ...imageSchema, hide: resource === 'images' };
        app.post(`/v1/${collection}/${resource}`, { schema }, async (request, reply) => {
          const body = objectBody(request);
          const { html, warnings } = documentOf(body, collection, config);
          const width = optionalInteger(body, 'width') ?? optionalInteger(body, 'size');
          if (width === undefined) throw missingField('width');
          const height = optionalInteger(body, 'height');
          const input = {
            ...lookOf(body, 'png'),
            html,
            width,
            ...(height === undefined ? {} : { height }),
          };
          const picture = await cache.get(tenantOf(request), { image: input }, () =>
            renderImage(browser, input, capture),
          );
          warn(reply, [...warnings, ...picture.warnings]);
          return reply.type(`image/${input.type}`).send(picture.bytes);
        });
      },
  ),
);

const thumbnails: ContentRoute[] = DOCUMENTS.map((collection) => (app, context) => {
  const { config, browser, capture, cache } = context;
  app.post(`/v1/${collection}/thumbnail`, { schema: thumbnailSchema }, async (request, reply) => {
    const body = objectBody(request);
    const { html, warnings, contentWidth } = documentOf(body, collection, config);
    const input = {
      ...(contentWidth === undefined ? {} : { viewport: windowFor(contentWidth) }),
      ...lookOf(body, 'jpg'),
      html,
      width: optionalInteger(body, 'width') ?? THUMBNAIL.width,
      height: optionalInteger(body, 'height') ?? THUMBNAIL.height,
    };
    const picture: Captured = await cache.get(tenantOf(request), { thumbnail: input }, () =>
      renderThumbnail(browser, input, capture),
    );
    warn(reply, [...warnings, ...picture.warnings]);
    return reply.type(`image/${input.type}`).send(picture.bytes);
  });
});

export const imageRoutes: ContentRoute[] = [...images, ...thumbnails];

/** Wide enough that a template is laid out as on a desktop. */
function windowFor(contentWidth: number): number {
  return Math.min(MAX_WIDTH, Math.max(360, Math.ceil(contentWidth) + THUMBNAIL_MARGINS));
}

function lookOf(body: JsonObject, standard: string) {
  const type = TYPES[optionalText(body, 'file_type', standard).toLowerCase()];
  if (!type) throw wrongField('not a valid value', 'file_type');
  const density = numberOf(body, 'scale');
  const viewport = viewportOf(body);
  return {
    type,
    ...(density === undefined ? {} : { density }),
    ...(viewport === undefined ? {} : { viewport }),
    ...(body['transparent'] === true || body['transparent'] === 'true'
      ? { transparent: true }
      : {}),
  };
}

function numberOf(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) throw wrongField('expected float', name);
  return number;
}

function viewportOf(body: JsonObject): number | undefined {
  const value = body['viewport'];
  const named = typeof value === 'string' ? VIEWPORTS[value.toLowerCase()] : undefined;
  return named ?? optionalInteger(body, 'viewport');
}

const tenantOf = (request: FastifyRequest): string => request.contentTenant ?? '';
