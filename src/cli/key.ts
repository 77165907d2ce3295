// `skep key`: API keys for the Beefree door.
import { createApiKey, listApiKeys, revokeApiKey } from '../content/api-keys.ts';
import { Invalid, NotFound } from '../platform/errors.ts';
import type { Command } from './command.ts';
import { chosenTenant, withPlatform } from './open.ts';

export const command: Command = {
  usage: 'key list | create LABEL | revoke ID',
  summary: 'Lists, makes and revokes API keys of the Beefree door.',
  options: {
    tenant: { type: 'string', help: 'Name or id of the tenant, when there are several.' },
  },
  run: ({ config, words, options }) =>
    withPlatform(config, async (platform) => {
      const [action = 'list', argument] = words;
      const tenant = await chosenTenant(platform, options['tenant']);
      if (action === 'list') {
        for (const { id, label, createdAt, callsThisMonth } of await listApiKeys(
          platform,
          tenant,
        )) {
          const calls = `${callsThisMonth} calls this month`;
          console.log(`${id}  ${new Date(createdAt).toISOString()}  ${calls}  ${label}`);
        }
      } else if (action === 'create' && argument) {
        const { id, token } = await createApiKey(platform, { tenant, label: argument });
        console.log(`id   ${id}\nkey  ${token}`);
      } else if (action === 'revoke' && argument) {
        if (!(await revokeApiKey(platform, tenant, argument))) {
          throw new NotFound('no_key', 'There is no such key');
        }
      } else throw new Invalid('bad_arguments', 'Usage: skep key list | create LABEL | revoke ID');
    }),
};
