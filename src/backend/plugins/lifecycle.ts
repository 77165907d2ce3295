// The life of a plugin: installed, activated, upgraded, deactivated, uninstalled, with its own say (BaasBox spec 5.16).
import { Invalid } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import {
  addVersion,
  checkPluginCode,
  checkPluginName,
  deletePlugin,
  findPlugin,
  insertPlugin,
  noPlugin,
  updatePlugin,
  type NewPlugin,
  type RunnablePlugin,
} from './plugins.ts';

export type Hook = 'install' | 'uninstall' | 'activate' | 'deactivate' | 'upgrade';

/** What a script says to a hook; `failed`: it does not compile, or threw. */
export interface HookAnswer {
  kind: 'agreed' | 'refused' | 'failed';
  message: string;
}

/** Runs the code of a plugin, then its handler for the hook, if it has one. */
export type HookRunner = (
  script: { name: string; code: string },
  hook: Hook,
) => Promise<HookAnswer>;

/** How a change went: a script that refuses is left as it was. */
export interface Change {
  done: boolean;
  message: string;
}

/**
 * Installs a plugin. Throws `Invalid` (`plugin_name`, `plugin_failed`), `TooLarge` (`plugin_code`) and `Conflict`
 * (`plugin_exists`); then nothing is left of it.
 */
export async function installPlugin(
  context: BackendContext,
  tenant: string,
  plugin: NewPlugin,
  run: HookRunner,
): Promise<Change> {
  checkPluginName(plugin.name);
  checkPluginCode(plugin.code);
  await insertPlugin(context, tenant, plugin);
  const { name } = plugin;
  let answer: HookAnswer | undefined;
  try {
    answer = await run(plugin, 'install');
  } finally {
    if (answer?.kind !== 'agreed') await deletePlugin(context, tenant, name);
  }
  if (answer.kind === 'failed') throw failed(answer);
  if (answer.kind === 'refused') return { done: false, message: answer.message };
  await updatePlugin(context, tenant, name, { ready: true });
  if (!plugin.active) return { done: true, message: answer.message };
  const activated = await activatePlugin(context, tenant, name, run);
  return { done: true, message: activated.done ? answer.message : activated.message };
}

/** Runs another version from now on. Throws `NotFound`, `Invalid` (`plugin_failed`), `TooLarge`, `Conflict`. */
export async function upgradePlugin(
  context: BackendContext,
  tenant: string,
  name: string,
  code: string,
  run: HookRunner,
): Promise<Change> {
  checkPluginCode(code);
  const plugin = await getPlugin(context, tenant, name);
  const answer = await run({ name, code }, 'upgrade');
  if (answer.kind === 'failed') throw failed(answer);
  if (answer.kind === 'refused') return { done: false, message: answer.message };
  await addVersion(context, tenant, plugin, code);
  return { done: true, message: answer.message };
}

/** Lets a plugin answer requests, if its hook agrees. Throws `NotFound` and `Invalid` (`plugin_failed`). */
export async function activatePlugin(
  context: BackendContext,
  tenant: string,
  name: string,
  run: HookRunner,
): Promise<Change> {
  const plugin = await getPlugin(context, tenant, name);
  if (plugin.active) return { done: true, message: `Script: ${name} is already active` };
  const answer = await run(plugin, 'activate');
  if (answer.kind === 'failed') throw failed(answer);
  if (answer.kind === 'refused') return { done: false, message: answer.message };
  await updatePlugin(context, tenant, name, { active: true, ready: true });
  return { done: true, message: `Script: ${name} is now active` };
}

/** Ends a plugin's answers, whatever its hook says: a broken script must not keep itself alive. Throws `NotFound`. */
export async function deactivatePlugin(
  context: BackendContext,
  tenant: string,
  name: string,
  run: HookRunner,
): Promise<Change> {
  const plugin = await getPlugin(context, tenant, name);
  if (!plugin.active) return { done: true, message: `Script: ${name} is not active` };
  await updatePlugin(context, tenant, name, { active: false });
  await lastWord(context, plugin, 'deactivate', run);
  return { done: true, message: `Script: ${name} is no longer active` };
}

/** Removes a plugin with all its versions, whatever its hook says. Throws `NotFound`. */
export async function uninstallPlugin(
  context: BackendContext,
  tenant: string,
  name: string,
  run: HookRunner,
): Promise<void> {
  const plugin = await getPlugin(context, tenant, name);
  await lastWord(context, plugin, 'uninstall', run);
  await deletePlugin(context, tenant, name);
}

async function lastWord(
  { log }: BackendContext,
  { name, code }: RunnablePlugin,
  hook: Hook,
  run: HookRunner,
): Promise<void> {
  try {
    const { kind, message } = await run({ name, code }, hook);
    if (kind !== 'agreed') log.warn({ plugin: name, hook, message }, 'plugin hook did not agree');
  } catch (error) {
    log.warn({ plugin: name, hook, err: error }, 'plugin hook could not run');
  }
}

async function getPlugin(
  { db }: BackendContext,
  tenant: string,
  name: string,
): Promise<RunnablePlugin> {
  const plugin = await findPlugin(db, tenant, name);
  if (!plugin) throw noPlugin(name);
  return plugin;
}

function failed({ message }: HookAnswer): Invalid {
  return new Invalid('plugin_failed', message);
}
