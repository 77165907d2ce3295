// Which colour takes the place of another in dark surroundings.
import { formatHex, modeOklch, modeRgb, parse, useMode } from 'culori/fn';
import { memo } from '../../memo.ts';

useMode(modeRgb);
const oklch = useMode(modeOklch);

const channels = (color: string) => {
  const parsed = parse(color);
  return parsed && (parsed.alpha ?? 1) > 0.3 ? oklch(parsed) : undefined;
};

/** The dark form of a background, or '' when it stays: dark ones, strong colours, and what is no colour. */
export const darkBackground = memo((color) => {
  const known = channels(color);
  if (known === undefined || known.l < 0.45 || known.c > 0.11) return '';
  // White becomes the darkest, so that areas keep their order against the page.
  return formatHex({ ...known, l: 0.2 + (1 - known.l) * 0.5, c: Math.min(known.c, 0.03) });
});

/** The form of text and lines that stands on a background which became dark; '' when the colour is light enough. */
export const lightText = memo((color) => {
  const known = channels(color);
  if (known === undefined || known.l > 0.75) return '';
  return formatHex({ ...known, l: 0.94 - known.l * 0.2, c: Math.min(known.c, 0.11) });
});
