// Reading an app's settings: the operator's word first, then what is stored, then the default.
import type { BackendContext } from '../context.ts';
import {
  definitionOf,
  type FileKey,
  type Section,
  type SettingKey,
  type SettingValue,
  type ValueKey,
} from './catalogue.ts';

/** Names under which the platform keeps them. */
export const SETTING_PREFIX = 'backend.setting.';

/** What is stored: a value as it is, a secret sealed, a file sealed with its name. */
export type StoredSetting =
  string | number | boolean | { sealed: string } | { name: string; sealed: string };

export interface SettingFile {
  /** The name that the file was sent under. */
  name: string;
  bytes: Buffer;
}

/** The value of a setting. */
export async function setting<Key extends ValueKey>(
  context: BackendContext,
  tenant: string,
  key: Key,
): Promise<SettingValue<Key>> {
  const fixed = context.overrides.get(key)?.value;
  if (fixed !== undefined) return fixed;
  const stored = await context.tenants.settings.get<StoredSetting>(tenant, SETTING_PREFIX + key);
  return valueOf(context, tenant, key, stored) ?? fallbackOf(context, key);
}

/** Several settings at once, by key. */
export async function settings<Key extends ValueKey>(
  context: BackendContext,
  tenant: string,
  ...keys: readonly Key[]
): Promise<{ [Own in Key]: SettingValue<Own> }> {
  const values = await Promise.all(
    keys.map(async (key) => [key, await setting(context, tenant, key)] as const),
  );
  return Object.fromEntries(values) as { [Own in Key]: SettingValue<Own> };
}

/** The file of a setting; nothing when none was sent. */
export async function settingFile(
  context: BackendContext,
  tenant: string,
  key: FileKey,
): Promise<SettingFile | undefined> {
  const stored = await context.tenants.settings.get<StoredSetting>(tenant, SETTING_PREFIX + key);
  if (typeof stored !== 'object' || !('name' in stored)) return undefined;
  const encoded = context.sealer.unseal(stored.sealed, `${tenant}/${key}`);
  if (encoded === undefined) return undefined;
  return { name: stored.name, bytes: Buffer.from(encoded, 'base64') };
}

/** A setting as lists show it. */
export interface ShownSetting {
  key: SettingKey;
  section: Section;
  type: 'string' | 'integer' | 'boolean' | 'file';
  description: string;
  /** As text; of a file its name; nothing when it may not be seen. */
  value: string | undefined;
  editable: boolean;
  overridden: boolean;
}

/** The settings with these keys, as administrators see them. Secrets that are set have no value here. */
export async function showSettings(
  context: BackendContext,
  tenant: string,
  keys: readonly SettingKey[],
): Promise<ShownSetting[]> {
  const all = (await context.tenants.settings.all(tenant)) as Record<string, StoredSetting>;
  return keys.map((key) => {
    const { section, type, description, secret = false } = definitionOf(key);
    const override = context.overrides.get(key);
    const stored = all[SETTING_PREFIX + key];
    const value = override?.value ?? shownValue(context, key, stored);
    const hidden = override?.visible === false || (secret && value !== '');
    return {
      key,
      section,
      type,
      description,
      value: hidden ? undefined : String(value),
      editable: override?.editable ?? true,
      overridden: override?.value !== undefined,
    };
  });
}

function shownValue(context: BackendContext, key: SettingKey, stored: StoredSetting | undefined) {
  if (stored === undefined) return fallbackOf(context, key);
  if (typeof stored !== 'object') return stored;
  return 'name' in stored ? stored.name : stored.sealed;
}

/** The default; that of the session time-out is the operator's. */
function fallbackOf(context: BackendContext, key: SettingKey): string | number | boolean {
  return key === 'session_tokens.timeout'
    ? context.limits.sessionTimeoutMinutes
    : definitionOf(key).fallback;
}

function valueOf(
  context: BackendContext,
  tenant: string,
  key: SettingKey,
  stored: StoredSetting | undefined,
): string | number | boolean | undefined {
  if (typeof stored !== 'object') return stored;
  return context.sealer.unseal(stored.sealed, `${tenant}/${key}`);
}
