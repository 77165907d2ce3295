// POST /v1/{message|page}/image, also /images: a picture of an HTML document (Beefree spec 3.3).
import Type from 'typebox';
import { renderImage, type ImageType } from '../capture/image.ts';
import {
  objectBody,
  optionalInteger,
  optionalText,
  requiredText,
  type JsonObject,
} from './body.ts';
import { missingField, wrongField } from './errors.ts';
import type { ContentRoute } from './route.ts';

const TYPES: Readonly<Record<string, ImageType>> = { jpg: 'jpeg', jpeg: 'jpeg', png: 'png' };

const schema = {
  summary: 'Takes a picture of an HTML document',
  security: [{ bearer: [] }],
  body: Type.Object({
    html: Type.String({ description: 'A complete HTML document.' }),
    file_type: Type.Optional(Type.String({ default: 'png', description: 'jpg or png.' })),
    width: Type.Optional(Type.Integer({ description: 'Width of the picture, 1 to 4096 pixels.' })),
    height: Type.Optional(
      Type.Integer({ description: 'Height at which the picture is cut, 1 to 20000 pixels.' }),
    ),
    size: Type.Optional(Type.String({ description: 'Width, when `width` is not given.' })),
  }),
};

export const imageRoutes: ContentRoute[] = ['message', 'page'].flatMap((collection) =>
  ['image', 'images'].map((resource): ContentRoute => (app, { browser, capture }) => {
    const hide = resource === 'images';
    app.post(
      `/v1/${collection}/${resource}`,
      { schema: { ...schema, hide } },
      async (request, reply) => {
        const input = inputOf(objectBody(request));
        const picture = await renderImage(browser, input, capture);
        return reply.type(`image/${input.type}`).send(picture);
      },
    );
  }),
);

function inputOf(body: JsonObject) {
  const html = requiredText(body, 'html');
  const type = TYPES[optionalText(body, 'file_type', 'png').toLowerCase()];
  if (!type) throw wrongField('not a valid value', 'file_type');
  const width = optionalInteger(body, 'width') ?? optionalInteger(body, 'size');
  if (width === undefined) throw missingField('width');
  const height = optionalInteger(body, 'height');
  return { html, type, width, ...(height === undefined ? {} : { height }) };
}
