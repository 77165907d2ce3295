// How templates are rendered: the settings of the operator, and what a request may say itself.
import type { RenderOptions } from '../render/render.ts';
import type { JsonObject } from './body.ts';
import type { BeefreeConfig } from './config.ts';

/** The options for the renderers; `outlookBackgrounds` and `darkMode` of a request count before the settings. */
export function renderSettings(
  config: BeefreeConfig,
  body: JsonObject = {},
): Omit<RenderOptions, 'target'> {
  const { pagePrefix, preheaderFiller, assetRewrite } = config;
  return {
    pagePrefix,
    preheaderFiller,
    assetRewrite,
    outlookBackgrounds: wish(body['outlookBackgrounds'], config.outlookBackgrounds),
    darkMode: wish(body['darkMode'], config.darkMode),
  };
}

function wish(value: unknown, setting: boolean): boolean {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : setting;
}
