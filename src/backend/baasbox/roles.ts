// Administration of roles (BaasBox spec 5.11).
import {
  changeRole,
  createRole,
  deleteRole,
  listRoles,
  readRole,
  type RoleInfo,
} from '../roles/administration.ts';
import type { JsonObject } from '../query/values.ts';
import { jsonObject } from './body.ts';
import { answer, NOTHING, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { route, type ActorCall, type Route } from './route.ts';

export const roleRoutes: readonly Route[] = [
  route('GET', '/admin/role', 'admin', list),
  // How the first versions called it.
  route('GET', '/admin/roles', 'admin', list),
  route('GET', '/admin/role/:name', 'admin', read),
  route('POST', '/admin/role/:name', 'admin', create),
  route('PUT', '/admin/role/:name', 'admin', change),
  route('DELETE', '/admin/role/:name', 'admin', remove),
];

async function list({ context, actor }: ActorCall): Promise<Answer> {
  return answer((await listRoles(context, actor.tenant)).map(wireOf));
}

async function read(call: ActorCall): Promise<Answer> {
  return answer(wireOf(await readRole(call.context, call.actor.tenant, nameOf(call))));
}

async function create(call: ActorCall): Promise<Answer> {
  const fields = fieldsOf(call);
  await createRole(call.context, call.actor.tenant, {
    name: nameOf(call),
    description: text(fields, 'description'),
    inherits: text(fields, 'inheritedRole'),
  });
  return { status: 201, data: NOTHING };
}

async function change(call: ActorCall): Promise<Answer> {
  const fields = fieldsOf(call);
  const description = text(fields, 'description');
  const name = text(fields, 'new_name');
  await changeRole(call.context, call.actor.tenant, nameOf(call), { name, description });
  return { data: NOTHING };
}

async function remove(call: ActorCall): Promise<Answer> {
  await deleteRole(call.context, call.actor.tenant, nameOf(call));
  return { data: NOTHING };
}

function nameOf({ params }: ActorCall): string {
  return params['name'] ?? '';
}

/** A body may be left out. */
function fieldsOf({ body }: ActorCall): JsonObject {
  return body.bytes.length === 0 ? {} : jsonObject(body).value;
}

function text(fields: JsonObject, name: string): string | undefined {
  const value = fields[name];
  if (value == null) return undefined;
  if (typeof value !== 'string') throw new Failure(400, `The '${name}' field must be a string`);
  return value;
}

function wireOf({ name, description, inherits, internal, assignable }: RoleInfo) {
  return {
    name,
    mode: 0,
    isrole: true,
    internal,
    modifiable: !internal,
    description,
    assignable,
    ...(inherits === undefined ? {} : { inheritedRole: inherits }),
  };
}
