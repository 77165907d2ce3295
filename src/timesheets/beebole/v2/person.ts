// People (Beebole spec 5.10).
import Type from 'typebox';
import { reading } from '../../context.ts';
import { USER_GROUPS, type Person, type UserGroup } from '../../model.ts';
import { createPerson, leadersIn, updatePerson, type PersonKey } from '../../people.ts';
import { countLeaders } from '../../relations.ts';
import { invalidParameter } from '../failures.ts';
import { flag, member, optional, readNumber, text } from '../parameters.ts';
import { isObject, service, type Call } from '../service.ts';
import { created, listByName, switches } from './entities.ts';
import { groupingServices } from './group.ts';
import { newXid, reference, target, xid } from './parameters.ts';
import { personOf } from './rendering.ts';

/** One integration knows the project manager under another name. */
const USER_GROUP_ALIASES: Readonly<Record<string, UserGroup>> = { project_lead: 'pm' };

const userGroup = optional(
  member<UserGroup>(
    Type.Unsafe<UserGroup>(Type.String({ enum: [...USER_GROUPS], default: 'employee' })),
    (value, path) => {
      const word = USER_GROUP_ALIASES[String(value)] ?? value;
      const group = USER_GROUPS.find((one) => one === word);
      if (group === undefined) throw invalidParameter(path);
      return group;
    },
  ),
);

/** One person has no more leaders than this. */
const MAX_LEADERS = 1000;

const leaders = optional(
  member<PersonKey[]>(
    Type.Array(
      Type.Partial(
        Type.Object({
          id: Type.Integer(),
          xid: Type.String(),
          email: Type.String(),
          name: Type.String(),
        }),
      ),
      {
        description: 'Each names a person; the first of id, xid, email, name that is given counts.',
      },
    ),
    (value, path) => {
      if (!Array.isArray(value) || value.length > MAX_LEADERS) throw invalidParameter(path);
      return value.map((one) => readPersonKey(one, path));
    },
  ),
);

const members = {
  email: optional(text('E-mail address; also the user name. Empty: none.')),
  invite: optional(flag('Asks the person by mail to come in.')),
  userGroup,
  leaders,
};

const create = service({
  name: 'person.create',
  summary: 'Makes a person; without a company, in the main company.',
  wrapper: 'person',
  parameters: {
    name: text('Name.'),
    company: optional(reference('company')),
    ...members,
    xid: optional(xid),
  },
  who: 'admin',
  async handler(call, values) {
    const id = await createPerson(call.context, values);
    if (values.invite && values.email) logInvitation(call, id);
    return created(call, 'person', id);
  },
});

const get = service({
  name: 'person.get',
  summary: 'Gives one person.',
  parameters: { id: target('person') },
  who: 'anyone',
  handler: async (call, { id: person }) => ({
    person: (await shown(call, [person], person.id))[0],
  }),
});

const update = service({
  name: 'person.update',
  summary: 'Changes what is sent of a person; `leaders` replaces the whole set.',
  wrapper: 'person',
  parameters: {
    id: target('person'),
    name: optional(text('Name.')),
    company: optional(reference('company')),
    ...members,
    xid: newXid,
  },
  who: 'admin',
  async handler(call, { id: person, ...change }) {
    await updatePerson(call.context, person, change);
    if (change.invite && (change.email ?? person.email)) logInvitation(call, person.id);
    return {};
  },
});

const list = service({
  name: 'person.list',
  summary: 'Lists the people of a company, or of all.',
  parameters: { company: optional(reference('company')) },
  who: 'anyone',
  handler: async (call, { company }) => ({
    people: await shown(call, await listByName(call, 'person', company)),
  }),
});

const leadersService = service({
  name: 'person.leaders',
  summary: 'Gives the leaders of a person.',
  parameters: { id: target('person') },
  who: 'anyone',
  handler: async (call, { id: person }) => ({
    leaders: await shown(call, await leadersIn(call.context, person)),
  }),
});

export const personServices = [
  create,
  get,
  update,
  list,
  leadersService,
  ...switches('person'),
  ...groupingServices('person'),
];

async function shown({ context }: Call, people: readonly Person[], only?: number) {
  const { account } = context;
  const counts = await countLeaders(reading(context), account.tenantId, only);
  return people.map((person) => personOf(account, person, counts.get(person.id) ?? 0));
}

/** There is no outgoing mail: the operator reads here who waits for a token. */
function logInvitation({ log, context }: Call, person: number): void {
  log.info({ tenant: context.account.tenantId, person }, 'a person is invited to the timesheet');
}

function readPersonKey(value: unknown, path: string): PersonKey {
  if (!isObject(value)) return { id: readNumber(value, path) };
  const word = (name: string): string | undefined => {
    const given = value[name];
    if (given === undefined || given === '') return undefined;
    if (typeof given !== 'string' && typeof given !== 'number') throw invalidParameter(path);
    return String(given);
  };
  const key: PersonKey = { xid: word('xid'), email: word('email'), name: word('name') };
  if (value['id'] !== undefined) key.id = readNumber(value['id'], path);
  if (Object.values(key).every((given) => given === undefined)) throw invalidParameter(path);
  return key;
}
