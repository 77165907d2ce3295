// Settings of the app that administrators change while it runs (BaasBox spec 5.10).
import { changeSetting, changeSettingFile } from '../settings/change.ts';
import { isSection, keysOf, SECTIONS, type Section } from '../settings/catalogue.ts';
import { showSettings, type ShownSetting } from '../settings/settings.ts';
import { jsonObject } from './body.ts';
import { answer, NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { isMultipart, readMultipart } from './multipart.ts';
import { route, type ActorCall, type Route } from './route.ts';

const PATH = '/admin/configuration';

export const settingRoutes: readonly Route[] = [
  route('GET', `${PATH}/dump.json`, 'admin', dumpJson),
  route('GET', `${PATH}/dump.txt`, 'admin', dumpText),
  route('GET', `${PATH}/:section`, 'admin', list),
  route('PUT', `${PATH}/:section`, 'admin', setByBody),
  route('PUT', `${PATH}/:section/:key`, 'admin', set),
  // Deprecated forms; the second names the part of the section, too.
  route('PUT', `${PATH}/:section/:key/:value`, 'admin', setByUrl),
  route('PUT', `${PATH}/:section/:subsection/:key/:value`, 'admin', setByUrl),
];

/** Bytes of a file in a form; a setting takes less, and says so itself. */
const MAX_FORM_FILE = 65_536;

/** What a value reads that may not be seen. */
const HIDDEN = '--HIDDEN--';

/** The type of a setting on the wire. */
const TYPES: Readonly<Record<ShownSetting['type'], string>> = {
  string: 'String',
  integer: 'Integer',
  boolean: 'Boolean',
  file: 'ConfigurationFileContainer',
};

const shown = ({ value }: ShownSetting) => value ?? HIDDEN;

/** The part of a key before its first dot. */
const partOf = ({ key }: ShownSetting) => key.slice(0, key.indexOf('.'));

async function dumpJson(call: ActorCall): Promise<Answer> {
  return answer(
    (await dump(call)).map(({ section, description, parts }) => ({
      section,
      description,
      'sub sections': Object.fromEntries(
        parts.map(([part, settings]) => [part, settings.map(dumpEntry)]),
      ),
    })),
  );
}

/** One setting; callers compare texts, so the order of the members counts. */
function dumpEntry(setting: ShownSetting) {
  const { key, description, type, editable, value, overridden } = setting;
  return {
    [key]: shown(setting),
    description,
    type: TYPES[type],
    editable,
    visible: value !== undefined,
    overridden,
  };
}

async function dumpText(call: ActorCall): Promise<RawAnswer> {
  const lines = (await dump(call)).flatMap(({ section, description, parts }) => [
    description,
    section.toUpperCase(),
    ...parts.flatMap(([part, settings]) => [
      `  - ${part.toUpperCase()}`,
      ...settings.map((setting) => `      + ${setting.key} = ${shown(setting)}`),
    ]),
    '',
  ]);
  return { headers: { 'content-type': 'text/plain; charset=utf-8' }, raw: lines.join('\n') };
}

interface DumpedSection {
  section: Section;
  description: string;
  /** Settings by the first part of their keys, in order. */
  parts: [string, ShownSetting[]][];
}

async function dump({ context, actor }: ActorCall): Promise<DumpedSection[]> {
  const sections = Object.entries(SECTIONS) as [Section, string][];
  const keys = sections.flatMap(([section]) => keysOf(section));
  const settings = await showSettings(context, actor.tenant, keys);
  return sections.map(([section, description]) => {
    const own = settings.filter((setting) => setting.section === section);
    return { section, description, parts: [...Map.groupBy(own, partOf)] };
  });
}

async function list({ context, actor, params }: ActorCall): Promise<Answer> {
  const settings = await showSettings(context, actor.tenant, keysOf(sectionOf(params)));
  return answer(
    settings.map((setting) => ({
      key: setting.key,
      value: shown(setting),
      description: setting.description,
      type: TYPES[setting.type],
      editable: setting.editable,
      overridden: setting.overridden,
    })),
  );
}

async function set(call: ActorCall): Promise<Answer> {
  const { params, body, request } = call;
  const key = keyIn(sectionOf(params), params['key'] ?? '');
  if (isMultipart(request)) return setFile(call, key);
  requireContentType(call);
  await change(call, key, textOf(jsonObject(body).value['value']));
  return { data: NOTHING };
}

/** Files are small here: the reader keeps the beginning of each, which is all of it. */
async function setFile({ context, actor, request }: ActorCall, key: string): Promise<Answer> {
  const { blobs } = context;
  const { tenant } = actor;
  const { file } = await readMultipart(request, { blobs, tenant, maxFileBytes: MAX_FORM_FILE });
  if (!file) throw new Failure(400, 'The form has no file part');
  await blobs.discard(file.content);
  await changeSettingFile(context, tenant, key, { name: file.name, bytes: file.head });
  return { data: NOTHING };
}

async function setByBody(call: ActorCall): Promise<Answer> {
  const section = sectionOf(call.params);
  requireContentType(call);
  const { key, value } = jsonObject(call.body).value;
  if (typeof key !== 'string') throw new Failure(400, "The body payload doesn't contain key key");
  await change(call, keyIn(section, key), textOf(value));
  return { data: NOTHING };
}

const IN_URL =
  'You provided key and value in the query string: they can be read in logs on the way. Send the value in the body instead';

async function setByUrl(call: ActorCall): Promise<Answer> {
  const { params } = call;
  const { subsection, key = '', value = '' } = params;
  const section = sectionOf(params);
  requireContentType(call);
  const whole = subsection !== undefined && !hasKey(section, key) ? `${subsection}.${key}` : key;
  await change(call, keyIn(section, whole), value);
  return answer(IN_URL);
}

async function change({ context, actor }: ActorCall, key: string, text: string): Promise<void> {
  // Who sends back what was shown wants nothing to change.
  if (text === HIDDEN) return;
  await changeSetting(context, actor.tenant, key, text);
}

function sectionOf({ section = '' }: Readonly<Record<string, string>>): Section {
  if (!isSection(section)) {
    throw new Failure(404, `${section} is not a configuration section`);
  }
  return section;
}

const hasKey = (section: Section, key: string) =>
  (keysOf(section) as readonly string[]).includes(key);

/** The key, if the section has it. */
function keyIn(section: Section, key: string): string {
  if (!hasKey(section, key)) throw new Failure(400, `${key} is not a setting of ${section}`);
  return key;
}

function requireContentType({ body, request }: ActorCall): void {
  if (body.type === '' && !request.headers['content-type']) {
    throw new Failure(400, 'The content-type header is missing');
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Failure(400, "The body payload doesn't contain key value");
}
