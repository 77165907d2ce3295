// Demo data: an administrator, a user and a small collection. Running it again only mends the passwords.
import { contentFrom } from './documents/content.ts';
import { createDocument } from './documents/write.ts';
import { createCollection, listCollections } from './collections/collections.ts';
import type { BackendContext } from './context.ts';
import { roleGrantee } from './acl/grantees.ts';
import { ADMINISTRATOR, REGISTERED } from './roles/roles.ts';
import { addAccount, USER_REALM } from './users/accounts.ts';
import { actorFor } from './users/sessions.ts';

export interface BackendDemoRequest {
  tenant: string;
  admin: { username: string; password: string };
  user: { username: string; password: string };
  collection: string;
}

const TEAS = [
  { name: 'Sencha', origin: 'Japan', kind: 'green', steepMinutes: 2, pricePer100g: 7.5 },
  {
    name: 'Darjeeling First Flush',
    origin: 'India',
    kind: 'black',
    steepMinutes: 3,
    pricePer100g: 12.9,
  },
  { name: 'Tie Guan Yin', origin: 'China', kind: 'oolong', steepMinutes: 4, pricePer100g: 9.8 },
  { name: 'Rooibos', origin: 'South Africa', kind: 'herbal', steepMinutes: 6, pricePer100g: 3.2 },
];

/** Makes sure that both accounts exist with these passwords, and that the collection is there. */
export async function seedBackendDemo(
  context: BackendContext,
  request: BackendDemoRequest,
): Promise<void> {
  const { tenant, collection } = request;
  await ensureAccount(context, tenant, request.admin, ADMINISTRATOR);
  await ensureAccount(context, tenant, request.user, REGISTERED);
  const existing = await listCollections(context, tenant);
  if (existing.some(({ name }) => name === collection)) return;

  await createCollection(context, tenant, collection);
  const { username: name } = request.user;
  const identity = await context.credentials.passwords.find({ tenant, realm: USER_REALM, name });
  const author = identity && (await actorFor(context, identity));
  if (!author) return;
  const everyone = { read: [roleGrantee(REGISTERED)], update: [], delete: [] };
  for (const tea of TEAS) {
    const content = contentFrom(tea);
    await createDocument(context, author, { collection, content, grants: async () => everyone });
  }
}

async function ensureAccount(
  context: BackendContext,
  tenant: string,
  { username: name, password }: { username: string; password: string },
  role: string,
): Promise<void> {
  const { passwords } = context.credentials;
  const key = { tenant, realm: USER_REALM, name };
  // A password that is right stays: to set it again would end the sessions of those who use it.
  if (await passwords.verify({ ...key, password })) return;
  const prepared = await passwords.prepare(password);
  await context.db.write(async (trx) => {
    if (await passwords.find(key, trx)) await passwords.change(trx, key, prepared);
    else await addAccount(trx, context, tenant, { name, sections: {} }, prepared, role);
  });
}
