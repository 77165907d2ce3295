// Why a sample differs, by its name; only reasons of samples that do differ are printed.

export const REASONS: Readonly<Record<string, string>> = {
  'beefreetpl-v3-base-one-column':
    'The screenshot was made by the first generation of the engine, which kept line heights in px (16 for text of 14 px at 120 %); we render 16.8 px as today’s engine does.',
  'eh-emailing-index-d14f92-0':
    'Edited by hand: a column has the height of its picture as an attribute, and an icon is missing in a table that kept its width.',
  'kebab-city-email-template-beefree-nex12gnghl7':
    'Made in 2021, when social icons did not stand on a line of text. The block has no paddings that could give the 4 px back.',
  'spicy-meals-rms-be-icbt-emailtemplateconstant-6ab3fc-2':
    'Edited by hand: a row stands inside the column of another one, with a border around both.',
};
