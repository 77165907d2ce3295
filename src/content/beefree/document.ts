// The document of a PDF or picture: HTML, or (an extension) a template that is rendered first.
import Type from 'typebox';
import { renderHtml } from '../render/render.ts';
import { readTemplate } from '../template/read.ts';
import type { BeefreeConfig } from './config.ts';
import { renderSettings } from './render-settings.ts';
import { isObject, optionalText, requiredText, templateOf, type JsonObject } from './body.ts';

/** Collections whose documents become PDFs and pictures. */
export const DOCUMENTS = ['message', 'page'] as const;

interface Document {
  html: string;
  /** What was repaired or left out of a template. */
  warnings: readonly string[];
  /** How wide the content of a template is, in CSS pixels. */
  contentWidth?: number;
}

/** Members of a request that say what the document is. */
export const documentSchema = {
  html: Type.Optional(
    Type.String({ description: 'A complete HTML document; needed without `page`.' }),
  ),
  page: Type.Optional(
    Type.Object({}, { description: 'A template, which is rendered first. An extension.' }),
  ),
  language: Type.Optional(
    Type.String({ description: 'Of a template: language of a stored translation.' }),
  ),
};

/** The HTML of a request, or that of its template. Throws the refusal for a missing `html` when there is neither. */
export function documentOf(
  body: JsonObject,
  target: (typeof DOCUMENTS)[number],
  config: BeefreeConfig,
): Document {
  const template = templateOf(body, false);
  const without = body['html'] === undefined || body['html'] === null || body['html'] === '';
  if (!without || !isObject(template['page'])) {
    return { html: requiredText(body, 'html'), warnings: [] };
  }
  const language = optionalText(body, 'language', '');
  const contentWidth = readTemplate(template, language).body.width;
  const options = { ...renderSettings(config, body), target, language };
  return { ...renderHtml(template, options), contentWidth };
}
