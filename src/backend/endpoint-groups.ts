// Endpoint groups: sets of calls that an administrator can switch off for everyone else (BaasBox spec 5.12).
import { memo } from '../platform/database/memo.ts';
import { NotFound } from '../platform/errors.ts';
import type { BackendContext } from './context.ts';

/** What clients write before a group's name. */
export const GROUP_PREFIX = 'baasbox.';

/** Every group, with what its calls do. */
export const ENDPOINT_GROUPS = {
  assets: 'Read assets',
  account: 'The own account: profile, password, log-out',
  'account.create': 'Sign up',
  social: 'Log in through other networks',
  'account.lost_password': 'Reset a lost password',
  users: 'Look at other users',
  friendship: 'Look at followers and followed people',
  'friendship.create': 'Follow people, and stop following them',
  'notifications.send': 'Send push messages',
  'notifications.receive': 'Register devices for push messages',
  'data.write': 'Create and delete documents and links',
  'data.read': 'Read documents and links',
  'data.update': 'Change documents',
  'data.grants': 'Grant and revoke permissions on documents',
  'file.read': 'Read files',
  'file.write': 'Create and delete files',
  'file.grants': 'Grant and revoke permissions on files',
  'scripts.invoke': 'Call plugins',
} as const;

export type EndpointGroup = keyof typeof ENDPOINT_GROUPS;

/** Names of the groups that are off. */
const DISABLED = 'backend.disabled_groups';

/** Groups that are off by tenant; settings are watched. */
const disabled = memo<ReadonlySet<string>>({ max: 10_000 });

export async function disabledGroups(
  { db, tenants }: BackendContext,
  tenant: string,
): Promise<ReadonlySet<string>> {
  const known = disabled.get(db, tenant);
  if (known) return known;
  const read = async () => new Set(await tenants.settings.get<string[]>(tenant, DISABLED));
  return disabled.load(db, tenant, read);
}

export async function isEnabled(
  context: BackendContext,
  tenant: string,
  group: EndpointGroup,
): Promise<boolean> {
  return !(await disabledGroups(context, tenant)).has(group);
}

/** The group of this name. Throws `NotFound` (`no_endpoint_group`). */
export function endpointGroup(name: string): EndpointGroup {
  if (Object.hasOwn(ENDPOINT_GROUPS, name)) return name as EndpointGroup;
  throw new NotFound('no_endpoint_group', `There is no endpoint group ${name}`, { name });
}

/** Switches a group on or off. */
export async function switchGroup(
  { db, tenants }: BackendContext,
  tenant: string,
  group: EndpointGroup,
  enabled: boolean,
): Promise<void> {
  await db.write(async (trx) => {
    const disabled = new Set(await tenants.settings.get<string[]>(tenant, DISABLED, trx));
    if (enabled) disabled.delete(group);
    else disabled.add(group);
    await tenants.settings.set(trx, tenant, DISABLED, [...disabled].sort());
  });
}
