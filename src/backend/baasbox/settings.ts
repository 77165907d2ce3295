// Settings that administrators change at run time (BaasBox spec 5.10): those that the room has.
import type { BackendContext } from '../context.ts';
import { sessionMinutes, setSessionMinutes } from '../settings.ts';
import { jsonObject } from './body.ts';
import { answer, NOTHING, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { route, type ActorCall, type Route } from './route.ts';

export const settingRoutes: readonly Route[] = [
  route('GET', '/admin/configuration/:section', 'admin', list),
  route('PUT', '/admin/configuration/:section/:key', 'admin', set),
];

interface Setting {
  section: string;
  key: string;
  description: string;
  type: 'Integer';
  read(context: BackendContext, tenant: string): Promise<string>;
  write(context: BackendContext, tenant: string, text: string): Promise<void>;
}

const SETTINGS: readonly Setting[] = [
  {
    section: 'Application',
    key: 'session_tokens.timeout',
    description: 'Minutes without use after which a session token ends; 0: never',
    type: 'Integer',
    read: async (context, tenant) => String(await sessionMinutes(context, tenant)),
    write: (context, tenant, text) => setSessionMinutes(context, tenant, integer(text)),
  },
];

function integer(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Failure(400, `${text} is not a number`);
  return Number(text);
}

async function list({ context, actor, params }: ActorCall): Promise<Answer> {
  const settings = ofSection(params['section'] ?? '');
  const values = settings.map(async (setting) => ({
    key: setting.key,
    value: await setting.read(context, actor.tenant),
    description: setting.description,
    type: setting.type,
    editable: true,
    overridden: false,
  }));
  return answer(await Promise.all(values));
}

async function set({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const key = params['key'] ?? '';
  const setting = ofSection(params['section'] ?? '').find((candidate) => candidate.key === key);
  if (!setting) throw new Failure(400, `${key} is not a setting`);
  const { value } = jsonObject(body).value;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new Failure(400, "The body payload doesn't contain key value");
  }
  await setting.write(context, actor.tenant, String(value));
  return { data: NOTHING };
}

function ofSection(section: string): Setting[] {
  const settings = SETTINGS.filter((candidate) => candidate.section === section);
  if (settings.length === 0) throw new Failure(404, `${section} is not a configuration section`);
  return settings;
}
