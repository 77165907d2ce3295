// Changing an app's settings; what is written counts for the next request (BaasBox spec 5.10).
import type { Transaction } from '../../platform/database/statement.ts';
import { Invalid, TooLarge } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import { checkPushSetting } from '../push/setting-rules.ts';
import { changeSessionTime } from '../users/sessions.ts';
import { definitionOf, isSettingKey, type SettingKey, type ValueKey } from './catalogue.ts';
import { SETTING_PREFIX, type SettingFile, type StoredSetting } from './settings.ts';
import { parseValue } from './values.ts';

/** Bytes of a file. Certificates and keys have a few thousand. */
const MAX_FILE = 32_768;
const MAX_FILE_NAME = 255;

/**
 * Gives a setting another value, in force at once. Throws `Invalid` (`bad_setting`, `no_setting`,
 * `setting_fixed`), `TooLarge`, and for push settings what `checkPushSetting` throws.
 */
export async function changeSetting(
  context: BackendContext,
  tenant: string,
  key: string,
  text: string,
): Promise<void> {
  const known = editable(context, key);
  const value = parseValue(known, text);
  if (definitionOf(known).section === 'Push') {
    await checkPushSetting(context, tenant, known as ValueKey, value);
  }
  await context.db.write((trx) => storeSetting(trx, context, tenant, known, value));
  if (known === 'session_tokens.timeout') {
    await changeSessionTime(context, tenant, value as number);
  }
}

/** Stores a file as the value of a setting. Throws like `changeSetting`, and `TooLarge` (`setting_file`). */
export async function changeSettingFile(
  context: BackendContext,
  tenant: string,
  key: string,
  { name, bytes }: SettingFile,
): Promise<void> {
  const known = editable(context, key);
  if (definitionOf(known).type !== 'file') {
    throw new Invalid('bad_setting', `${key}: the value cannot be a file`, { key });
  }
  if (bytes.length > MAX_FILE) {
    throw new TooLarge('setting_file', `The file has more than ${MAX_FILE} bytes`);
  }
  if (bytes.length === 0) throw new Invalid('bad_setting', `${key}: the file is empty`, { key });
  const sealed = context.sealer.seal(bytes.toString('base64'), `${tenant}/${known}`);
  const stored: StoredSetting = { name: name.slice(0, MAX_FILE_NAME), sealed };
  await context.db.write((trx) =>
    context.tenants.settings.set(trx, tenant, SETTING_PREFIX + known, stored),
  );
}

/** The key, if there is such a setting and it may be changed. */
function editable(context: BackendContext, key: string): SettingKey {
  if (!isSettingKey(key)) {
    throw new Invalid('no_setting', `${key.slice(0, 100)} is not a setting`, { key });
  }
  if (!(context.overrides.get(key)?.editable ?? true)) {
    throw new Invalid('setting_fixed', `The setting ${key} cannot be changed`, { key });
  }
  return key;
}

/** Stores a checked value inside a transaction; secrets sealed, an empty one as nothing. */
async function storeSetting(
  trx: Transaction,
  context: Pick<BackendContext, 'tenants' | 'sealer'>,
  tenant: string,
  key: SettingKey,
  value: string | number | boolean,
): Promise<void> {
  const { secret = false } = definitionOf(key);
  const name = SETTING_PREFIX + key;
  if (secret && value === '') {
    await context.tenants.settings.remove(trx, tenant, name);
    return;
  }
  const stored = secret
    ? { sealed: context.sealer.seal(String(value), `${tenant}/${key}`) }
    : value;
  await context.tenants.settings.set(trx, tenant, name, stored);
}
