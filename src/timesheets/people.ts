// People of an account: making and changing them, their role and their leaders (Beebole spec 5.10).
import { reading, writing, type AccountContext } from './context.ts';
import {
  findByEmail,
  findOfKind,
  insertEntity,
  listByIds,
  listEntities,
  updateEntity,
  type EntityChange,
} from './entity-store.ts';
import { entityNotFound, invalidValue } from './failures.ts';
import type { Company, Person, UserGroup } from './model.ts';
import { leadersOf, setLeaders } from './relations.ts';
import { byName, checkName, checkXid } from './text.ts';
import { keepAnAdmin, mainCompanyOf } from './work.ts';

/** A person named by whatever is known of them; the first member that is given decides, in this order. */
export interface PersonKey {
  id?: number | undefined;
  xid?: string | undefined;
  name?: string | undefined;
  email?: string | undefined;
}

export interface NewPerson {
  name: string;
  /** Default: the main company. */
  company?: Company | undefined;
  email?: string | undefined;
  /** Asks the person by mail to come in. */
  invite?: boolean | undefined;
  userGroup?: UserGroup | undefined;
  leaders?: readonly PersonKey[] | undefined;
  xid?: string | undefined;
}

/** No spaces; a user name need not be deliverable unless the person is invited. */
const EMAIL = /^\S{1,255}$/;

/**
 * Makes an active person and gives their number. Throws `Invalid` for bad values, `NotFound` for a leader who matches
 * nobody, `Conflict` (`duplicate_xid`, `duplicate_email`).
 */
export async function createPerson(context: AccountContext, person: NewPerson): Promise<number> {
  const { tenantId } = context.account;
  const now = context.clock.now();
  const name = checkName(person.name);
  const email = checkEmail(person.email, person.invite);
  const xid = person.xid === undefined ? undefined : checkXid(person.xid);
  const leaders = await findPeople(context, person.leaders ?? []);
  const company = person.company ?? (await mainCompanyOf(reading(context), context));
  return writing(context, async (sql) => {
    const id = await insertEntity(
      sql,
      tenantId,
      {
        kind: 'person',
        name,
        parentId: company.id,
        email,
        xid,
        userGroup: person.userGroup ?? 'employee',
        invitedAt: person.invite && email !== undefined ? now : undefined,
      },
      now,
    );
    await setLeaders(sql, tenantId, id, leaders);
    return id;
  });
}

/** What changes; a member that is absent stays. `leaders` replaces the whole set; an empty `email` or `xid` removes it. */
export type PersonChange = { [Name in keyof NewPerson]?: NewPerson[Name] | undefined };

/** Changes a person. Throws as `createPerson`, and `Conflict` (`last_admin`). */
export async function updatePerson(
  context: AccountContext,
  person: Person,
  change: PersonChange,
): Promise<void> {
  const { tenantId } = context.account;
  const now = context.clock.now();
  const { email = person.email } = change;
  const invited = change.invite === true && checkEmail(email, true) !== undefined;
  const leaders = change.leaders && (await findPeople(context, change.leaders));
  const set: EntityChange = {
    ...(change.name !== undefined && { name: checkName(change.name) }),
    ...(change.email !== undefined && {
      email: change.email === '' ? null : checkEmail(change.email, change.invite),
    }),
    ...(change.xid !== undefined && { xid: change.xid === '' ? null : checkXid(change.xid) }),
    ...(change.company && { parentId: change.company.id }),
    userGroup: change.userGroup,
    ...(invited && { invitedAt: now }),
  };
  await writing(context, async (sql) => {
    const demoted = change.userGroup !== undefined && change.userGroup !== 'admin';
    if (demoted && person.userGroup === 'admin') await keepAnAdmin(sql, tenantId, person.id);
    await updateEntity(sql, tenantId, person, set, now);
    if (leaders) await setLeaders(sql, tenantId, person.id, leaders);
  });
}

/** The leaders of a person, by name. */
export async function leadersIn(context: AccountContext, person: Person): Promise<Person[]> {
  const sql = reading(context);
  const { tenantId } = context.account;
  const leaders = await listByIds(sql, tenantId, await leadersOf(sql, tenantId, person.id));
  return leaders.sort(byName) as Person[];
}

function checkEmail(email: string | undefined, invite = false): string | undefined {
  if (email === undefined || email === '') return undefined;
  const text = checkName(email, 'email');
  if (!EMAIL.test(text) || (invite && !/.@./.test(text))) throw invalidValue('email');
  return text;
}

async function findPeople(context: AccountContext, keys: readonly PersonKey[]): Promise<number[]> {
  const ids: number[] = [];
  for (const key of keys) ids.push(await findPerson(context, key));
  return ids;
}

async function findPerson(context: AccountContext, key: PersonKey): Promise<number> {
  const sql = reading(context);
  const { tenantId } = context.account;
  if (key.id !== undefined || key.xid !== undefined) {
    const found = await findOfKind(sql, tenantId, 'person', key);
    if (found) return found.id;
  } else if (key.email !== undefined && key.email !== '') {
    const found = await findByEmail(sql, tenantId, key.email);
    if (found !== undefined) return found;
  } else if (key.name !== undefined) {
    const name = key.name.trim();
    const people = await listEntities(sql, tenantId, ['person']);
    const found = people.filter((person) => person.name === name);
    if (found.length > 1) throw invalidValue('leaders');
    if (found[0]) return found[0].id;
  }
  throw entityNotFound('person');
}
