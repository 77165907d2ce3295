// `skep tenant`: lists tenants and makes new ones.
import type { Config } from '../config.ts';
import { Invalid } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { createTenant } from '../provision.ts';
import type { Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { withPlatform } from './open.ts';

export const command: Command = {
  usage: 'tenant list | create NAME',
  summary: 'Lists tenants, or makes one that all four doors serve.',
  options: {
    appcode: {
      type: 'string',
      help: 'BaasBox app code, unique on the server. Default: a random one.',
    },
    account: {
      type: 'string',
      help: 'Beebole account, a label of a host name. Default: the name.',
    },
    admin: {
      type: 'string',
      help: "Administrator's login, unique on the server. Default: NAME-admin.",
    },
  },
  run: ({ config, words, options }) =>
    withPlatform(config, async (platform) => {
      const [action = 'list', name] = words;
      if (action === 'list') return list(platform);
      if (action === 'create' && name) return create(platform, config, name, options);
      throw new Invalid('bad_arguments', 'Usage: skep tenant list | create NAME');
    }),
};

async function list({ tenants }: Platform): Promise<void> {
  for (const { id, name, createdAt } of await tenants.list({ limit: 1000 })) {
    const handles = await tenants.handles.list(id);
    const known = handles.map(({ kind, value }) => `${kind}=${value}`).join(' ');
    console.log(`${id}  ${new Date(createdAt).toISOString()}  ${name}  ${known}`);
  }
}

async function create(
  platform: Platform,
  config: Config,
  name: string,
  options: Arguments['options'],
): Promise<void> {
  const text = (option: string, standard: string) => (options[option] as string) ?? standard;
  const request = {
    name,
    appcode: text('appcode', platform.random.alphanumeric(12)),
    account: text('account', label(name)),
    admin: text('admin', `${label(name)}-admin`),
    password: config.adminPassword ?? platform.random.alphanumeric(20),
  };
  const tenant = await createTenant(platform, config, request);
  console.log(
    [
      `tenant    ${tenant.id}`,
      `app code  ${request.appcode}`,
      `account   ${request.account}`,
      `user      ${request.admin}`,
      `password  ${config.adminPassword ? '(as configured)' : request.password}`,
    ].join('\n'),
  );
}

/** The name as a label of a host name: lower-case letters, digits and hyphens. */
function label(name: string): string {
  const parts = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['tenant'];
  return parts.join('-').slice(0, 50);
}
