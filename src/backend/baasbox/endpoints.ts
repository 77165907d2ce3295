// Endpoint groups: list, look at, switch on and off (BaasBox spec 5.12).
import {
  disabledGroups,
  ENDPOINT_GROUPS,
  endpointGroup,
  GROUP_PREFIX,
  isEnabled,
  switchGroup,
} from '../endpoint-groups.ts';
import { answer, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { route, type ActorCall, type Route } from './route.ts';

export const endpointRoutes: readonly Route[] = [
  route('GET', '/admin/endpoints', 'admin', list),
  route('GET', '/admin/endpoints/:tag', 'admin', read),
  route('PUT', '/admin/endpoints/:tag/enabled', 'admin', (call) => change(call, true)),
  route('DELETE', '/admin/endpoints/:tag/enabled', 'admin', (call) => change(call, false)),
];

async function list({ context, actor }: ActorCall): Promise<Answer> {
  const disabled = await disabledGroups(context, actor.tenant);
  return answer(
    Object.fromEntries(
      Object.entries(ENDPOINT_GROUPS).map(([name, description]) => [
        GROUP_PREFIX + name,
        [!disabled.has(name), description],
      ]),
    ),
  );
}

async function read({ context, actor, params }: ActorCall): Promise<Answer> {
  const group = groupOf(params);
  const enabled = await isEnabled(context, actor.tenant, group);
  return answer({ tag: GROUP_PREFIX + group, enabled });
}

async function change({ context, actor, params }: ActorCall, enabled: boolean): Promise<Answer> {
  await switchGroup(context, actor.tenant, groupOf(params), enabled);
  return answer('success');
}

function groupOf({ tag = '' }: Readonly<Record<string, string>>) {
  if (!tag.startsWith(GROUP_PREFIX)) throw new Failure(404, `There is no endpoint group ${tag}`);
  return endpointGroup(tag.slice(GROUP_PREFIX.length));
}
