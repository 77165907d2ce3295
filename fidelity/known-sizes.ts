// Natural sizes of pictures that public sample templates name but do not state; taken from the screenshots beside them.

export const KNOWN_SIZES: Readonly<Record<string, readonly [width: number, height: number]>> = {
  'img/placeholder_big_2.png': [1000, 560],
  'img/placeholder_logo_3.png': [640, 280],
  'img/placeholder_medium_1.png': [360, 360],
  'img/logo_1.png': [676, 160],
  'img/rocket-bg.png': [1148, 1148],
  'img/rocket-color.png': [742, 742],
  'img/icon-globe.png': [103, 120],
  'img/icon-chat.png': [110, 110],
  'img/icon-heart.png': [120, 119],
  'img/icon-bulb.png': [115, 119],
};
