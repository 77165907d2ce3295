// POST /v1/{message|page}/pdf makes a PDF and gives a link; GET /v1/files/{name} is where the link leads (Beefree spec 3.2).
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { orientationOf, pageSizeOf, renderPdf } from '../capture/pdf.ts';
import { objectBody, optionalText } from './body.ts';
import { DOCUMENTS, documentOf, documentSchema } from './document.ts';
import { wrongField } from './errors.ts';
import type { ContentContext, ContentRoute } from './route.ts';
import { warn } from './warnings.ts';

const schema = {
  summary: 'Makes a PDF and gives a link that works for a day',
  security: [{ bearer: [] }],
  body: Type.Object({
    ...documentSchema,
    page_size: Type.Optional(
      Type.String({
        default: 'letter',
        description: 'letter, A4, A3 or full, in any letter case.',
      }),
    ),
    page_orientation: Type.Optional(
      Type.String({
        default: 'landscape',
        description: 'portrait or landscape, in any letter case.',
      }),
    ),
    file_type: Type.Optional(Type.String({ default: 'pdf' })),
  }),
};

const make: ContentRoute[] = DOCUMENTS.map((collection) => (app, context) => {
  app.post(`/v1/${collection}/pdf`, { schema }, async (request, reply) => {
    const body = objectBody(request);
    const { html, warnings } = documentOf(body, collection, context.config);
    const pageSize = optionalText(body, 'page_size', 'letter');
    const orientation = optionalText(body, 'page_orientation', 'landscape');
    if (optionalText(body, 'file_type', 'pdf').toLowerCase() !== 'pdf') {
      throw wrongField('not a valid value', 'file_type');
    }
    const input = { html, pageSize: pageSizeOf(pageSize), orientation: orientationOf(orientation) };
    const tenant = request.contentTenant ?? '';
    const pdf = await context.cache.get(tenant, { pdf: input }, () =>
      renderPdf(context.browser, input, context.capture),
    );
    // Each answer has a link of its own: links end, and are handed to different people.
    const filename = await context.pdfFiles.keep(tenant, pdf.bytes);
    warn(reply, [...warnings, ...pdf.warnings]);
    const file = {
      url: `${baseOf(context, request)}/v1/files/${filename}`,
      filename,
      page_size: pageSize,
      page_orientation: orientation,
      content_type: 'application/pdf',
    };
    // One PHP client looks for the fields at the top level.
    const flat = context.config.pdfFlatFields ? file : {};
    const text = JSON.stringify({ statusCode: 200, body: file, ...flat });
    return reply.type('application/json; charset=utf-8').send(text);
  });
});

const fetch: ContentRoute = (app, { pdfFiles }) => {
  app.get<{ Params: { name: string } }>(
    '/v1/files/:name',
    {
      exposeHeadRoute: true,
      config: { public: true },
      schema: { summary: 'Fetches a PDF by the name that it was given', tags: ['beefree'] },
    },
    async (request, reply) => {
      const { blob, stream, expiresAt } = await pdfFiles.open(request.params.name);
      return reply
        .headers({
          'content-type': 'application/pdf',
          'content-length': blob.size,
          'content-disposition': `inline; filename="${request.params.name}"`,
          'cache-control': 'private',
          expires: new Date(expiresAt).toUTCString(),
          'x-content-type-options': 'nosniff',
        })
        .send(stream);
    },
  );
};

export const pdfRoutes: ContentRoute[] = [...make, fetch];

function baseOf({ publicUrl }: ContentContext, request: FastifyRequest): string {
  return publicUrl ?? `${request.protocol}://${request.host}`;
}
