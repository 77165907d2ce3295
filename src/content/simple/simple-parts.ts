// What rows, columns and modules of the simple schema have in common (Beefree spec 6.1).
import { flag, isEmpty, object, type Raw } from '../template/values.ts';
import type { Box } from '../template/types.ts';

/** All four paddings in whole px, 0 to 60: the schema's own defaults differ from those of stored templates. */
export function paddingsOf(box: Box) {
  const side = (value: number | undefined) => Math.min(60, Math.max(0, Math.round(value ?? 0)));
  return {
    'padding-top': side(box.top),
    'padding-right': side(box.right),
    'padding-bottom': side(box.bottom),
    'padding-left': side(box.left),
  };
}

/** True when editors may not change it. */
export function isLocked(raw: Raw): boolean {
  return flag(raw['locked']);
}

/** The user's own fields, where there are some. */
export function customFields(raw: Raw): { customFields?: Record<string, unknown> } {
  const fields = object(raw['customFields']);
  return isEmpty(fields) ? {} : { customFields: { ...fields } };
}
