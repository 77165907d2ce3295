// Administration of plugins (BaasBox spec 5.16).
import { Invalid } from '../../../platform/errors.ts';
import type { ActorCall, Route } from '../route.ts';
import { route } from '../route.ts';
import {
  activatePlugin,
  deactivatePlugin,
  installPlugin,
  uninstallPlugin,
  upgradePlugin,
  type HookRunner,
} from '../../plugins/lifecycle.ts';
import { deleteLastVersion, listPlugins, noPlugin, type Plugin } from '../../plugins/plugins.ts';
import { formatDate } from '../../query/dates.ts';
import type { Subject } from '../../query/evaluate.ts';
import { runInMemory } from '../../query/memory.ts';
import type { Json, JsonObject } from '../../query/values.ts';
import { jsonObject } from '../body.ts';
import { readCriteria } from '../criteria.ts';
import { answer, NOTHING, type Answer } from '../envelope.ts';
import { Failure } from '../failure.ts';
import { rowsJson } from '../wire.ts';
import { askHook } from './run.ts';
import type { PluginServices } from './services.ts';

export function pluginAdminRoutes(services: PluginServices): Route[] {
  const hooks =
    ({ actor, request }: ActorCall): HookRunner =>
    (script, hook) =>
      askHook(services, { actor, request, script }, hook);

  async function create(call: ActorCall): Promise<Answer> {
    const { context, actor, body } = call;
    const plugin = newPlugin(jsonObject(body).value);
    const { done, message } = await installPlugin(context, actor.tenant, plugin, hooks(call));
    return answer(message, done ? 201 : 200);
  }

  async function upgrade(call: ActorCall): Promise<Answer> {
    const { context, actor, params, body } = call;
    const code = codeIn(jsonObject(body).value);
    const name = params['name'] ?? '';
    const { message } = await upgradePlugin(context, actor.tenant, name, code, hooks(call));
    return answer(message);
  }

  async function activate(call: ActorCall): Promise<Answer> {
    const { context, actor, params } = call;
    const name = params['name'] ?? '';
    return answer((await activatePlugin(context, actor.tenant, name, hooks(call))).message);
  }

  async function deactivate(call: ActorCall): Promise<Answer> {
    const { context, actor, params } = call;
    const name = params['name'] ?? '';
    return answer((await deactivatePlugin(context, actor.tenant, name, hooks(call))).message);
  }

  async function remove(call: ActorCall): Promise<Answer> {
    const { context, actor, params } = call;
    await uninstallPlugin(context, actor.tenant, params['name'] ?? '', hooks(call));
    return { data: NOTHING };
  }

  return [
    route('POST', '/admin/plugin', 'admin', create),
    route('GET', '/admin/plugin', 'admin', list),
    route('GET', '/admin/plugin/:name', 'admin', read),
    route('PUT', '/admin/plugin/:name', 'admin', upgrade),
    route('DELETE', '/admin/plugin/:name', 'admin', remove),
    route('DELETE', '/admin/plugin/:name/last', 'admin', removeLast),
    route('PUT', '/admin/plugin/:name/active', 'admin', activate),
    route('DELETE', '/admin/plugin/:name/active', 'admin', deactivate),
  ];
}

async function list({ context, actor, query }: ActorCall): Promise<Answer> {
  const criteria = readCriteria(query);
  const all = await listPlugins(context, actor.tenant);
  const found = runInMemory(all, subjectOf, criteria.query, context.clock.now());
  if (criteria.count) {
    const count = 'rows' in found ? found.rows.length : found.items.length;
    return { data: rowsJson([{ count }]) };
  }
  return 'rows' in found ? { data: rowsJson(found.rows) } : answer(found.items.map(wireOf));
}

async function read({ context, actor, params }: ActorCall): Promise<Answer> {
  const name = params['name'] ?? '';
  const [plugin] = await listPlugins(context, actor.tenant, name);
  if (!plugin) throw noPlugin(name);
  return answer(wireOf(plugin));
}

async function removeLast({ context, actor, params }: ActorCall): Promise<Answer> {
  await deleteLastVersion(context, actor.tenant, params['name'] ?? '');
  return { data: NOTHING };
}

function wireOf(plugin: Plugin): JsonObject {
  return {
    _creation_date: formatDate(plugin.createdAt),
    id: plugin.id,
    name: plugin.name,
    code: plugin.code,
    lang: plugin.lang,
    library: plugin.library,
    active: plugin.active,
    _invalid: !plugin.ready,
    _storage: plugin.storage === null ? null : (JSON.parse(plugin.storage) as Json),
  };
}

function subjectOf(plugin: Plugin): Subject {
  return { fields: wireOf(plugin), system: () => undefined };
}

function newPlugin(body: JsonObject) {
  const lang = textIn(body, 'lang');
  if (!/^javascript$/i.test(lang)) throw new Failure(400, `The language ${lang} is not known`);
  const storage = body['_storage'] ?? null;
  return {
    name: textIn(body, 'name'),
    code: codeIn(body),
    lang: 'javascript',
    active: flagIn(body, 'active'),
    library: flagIn(body, 'library'),
    storage: storage === null ? null : JSON.stringify(storage),
  };
}

function codeIn(body: JsonObject): string {
  const code = textIn(body, 'code');
  const encoded = body['encoded'] ?? null;
  if (encoded === null) return code;
  if (typeof encoded !== 'string' || encoded.toUpperCase() !== 'BASE64') {
    throw new Failure(400, "The 'encoded' field can only be BASE64");
  }
  const compact = code.replaceAll(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    throw new Failure(400, "The 'code' field is not BASE64");
  }
  return Buffer.from(compact, 'base64').toString('utf8');
}

function textIn(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value.trim() === '') {
    throw new Failure(400, `missing required '${name}' property`);
  }
  return value;
}

function flagIn(body: JsonObject, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') {
    throw new Invalid('plugin_flag', `The '${name}' property is true or false`);
  }
  return value;
}
