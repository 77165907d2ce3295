// What the operator fixes, hides or locks in the start-up configuration, for all apps of the server (BaasBox spec 5.10).
import { Invalid } from '../../platform/errors.ts';
import { definitionOf, isSettingKey, type SettingKey } from './catalogue.ts';
import { parseValue } from './values.ts';

/** A value fixes the setting; `visible` and `editable` say what administrators may do with it. */
export type ConfiguredSetting =
  | string
  | number
  | boolean
  | {
      value?: string | number | boolean | undefined;
      visible?: boolean | undefined;
      editable?: boolean | undefined;
    };

export interface Override {
  /** The fixed value; `undefined` when only the other two are said. */
  value: string | number | boolean | undefined;
  visible: boolean;
  editable: boolean;
}

export type Overrides = ReadonlyMap<SettingKey, Override>;

/** Checks what is configured. Throws `Invalid` (`bad_config`) for unknown keys and values that a setting cannot have. */
export function readOverrides(configured: Readonly<Record<string, ConfiguredSetting>>): Overrides {
  const overrides = new Map<SettingKey, Override>();
  for (const [key, given] of Object.entries(configured)) {
    if (!isSettingKey(key)) throw new Invalid('bad_config', `There is no setting ${key}`);
    const {
      value,
      visible = true,
      editable,
    } = typeof given === 'object' ? given : { value: given };
    if (value !== undefined && definitionOf(key).type === 'file') {
      throw new Invalid('bad_config', `The setting ${key} is a file and cannot be fixed`);
    }
    overrides.set(key, {
      value: value === undefined ? undefined : parseValue(key, String(value)),
      visible,
      // A fixed value cannot be changed, whatever else is said.
      editable: value === undefined && (editable ?? true),
    });
  }
  return overrides;
}
