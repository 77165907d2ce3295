// Settings on their way into an archive and out of it: secrets sealed for the archive instead of the app.
import type { Kysely } from 'kysely';
import { Invalid } from '../../platform/errors.ts';
import { parseJson } from '../../platform/json.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import type { BackendContext } from '../context.ts';
import { ARCHIVE_SEAL } from '../transfer/format.ts';
import { definitionOf, isSettingKey } from './catalogue.ts';
import { SETTING_PREFIX, type StoredSetting } from './settings.ts';
import { parseValue } from './values.ts';

/** Names of everything that this room keeps among the platform's settings. */
const ROOM = 'backend.';

type SettingTable = Record<
  'platform_tenant_settings',
  { tenant_id: string; name: string; value: string }
>;

/** Every setting of the app, one JSON text each: `{"name","value"}`, or `{"name","sealed"}` with the file's name. */
export async function* settingRows(
  { sealer }: Pick<BackendContext, 'sealer'>,
  reads: Kysely<Record<string, Record<string, unknown>>>,
  tenant: string,
): AsyncGenerator<string> {
  const rows = await (reads as unknown as Kysely<SettingTable>)
    .selectFrom('platform_tenant_settings')
    .select(['name', 'value'])
    .where('tenant_id', '=', tenant)
    .orderBy('name')
    .execute();
  for (const row of rows) {
    if (!row.name.startsWith(ROOM)) continue;
    const key = row.name.slice(SETTING_PREFIX.length);
    const value = JSON.parse(row.value) as StoredSetting;
    if (!row.name.startsWith(SETTING_PREFIX) || typeof value !== 'object') {
      yield JSON.stringify({ name: row.name, value });
      continue;
    }
    const secret = sealer.unseal(value.sealed, `${tenant}/${key}`);
    if (secret === undefined) continue;
    const file = 'name' in value ? { file: value.name } : {};
    yield JSON.stringify({ name: row.name, ...file, sealed: sealer.seal(secret, ARCHIVE_SEAL) });
  }
}

/** Removes every setting of the app. */
export async function removeSettings(
  trx: Transaction,
  { tenants }: Pick<BackendContext, 'tenants'>,
  tenant: string,
): Promise<void> {
  const all = await tenants.settings.all(tenant, trx);
  for (const name of Object.keys(all)) {
    if (name.startsWith(ROOM)) await tenants.settings.remove(trx, tenant, name);
  }
}

/** What a line of an archive says of a setting, checked. `undefined`: its secret was sealed on another server. */
export interface ArchivedSetting {
  name: string;
  stored: unknown;
}

/**
 * Reads a line. Throws `Invalid` for names that are not this room's and values that the setting cannot have.
 */
export function readSetting(
  { sealer }: Pick<BackendContext, 'sealer'>,
  tenant: string,
  line: string,
): ArchivedSetting | undefined {
  const { name, value, file, sealed } = (parseJson(line) ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || !name.startsWith(ROOM)) throw bad('no setting of this room');
  if (!name.startsWith(SETTING_PREFIX)) return { name, stored: value };
  const key = name.slice(SETTING_PREFIX.length);
  if (!isSettingKey(key)) throw bad(`there is no setting ${key.slice(0, 100)}`);
  const { type, secret = false } = definitionOf(key);
  if (!secret && type !== 'file') return { name, stored: parseValue(key, String(value)) };
  if (typeof sealed !== 'string') throw bad(`${key} is not sealed`);
  const text = sealer.unseal(sealed, ARCHIVE_SEAL);
  if (text === undefined) return undefined;
  const again = sealer.seal(text, `${tenant}/${key}`);
  return {
    name,
    stored: type === 'file' ? { name: String(file), sealed: again } : { sealed: again },
  };
}

function bad(why: string): Invalid {
  return new Invalid('bad_archive', `The settings of the archive cannot be read: ${why}`);
}
