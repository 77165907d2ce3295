// Users as queries see them: name, status, roles, and the sections that the caller may read (BaasBox spec 4.4, 5.2).
import { sql } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { Actor, BackendContext } from '../context.ts';
import { TRUE, type Sql } from '../query/bounds.ts';
import { jsonOn, textColumn } from '../query/columns.ts';
import type { SqlTarget, SystemColumn } from '../query/compile.ts';
import type { Source } from '../query/records.ts';
import { DateValue, type Json, type JsonObject, type Value } from '../query/values.ts';
import { AUDIENCES, type Audience, type Device } from './profile.ts';

/** Which users: everyone, those who follow a user, or those whom a user follows (by id). */
export type Circle = { of: 'everyone' } | { of: 'followers' | 'followed'; user: string };

/** A user as a list needs it. Sections that the caller may not read are NULL. */
export interface PersonRow {
  id: string;
  name: string;
  status: string;
  roleName: string;
  self: string | null;
  friends: string | null;
  registered: string | null;
  anonymous: string | null;
  createdAt: number;
  generatedName: number;
  /** The devices as JSON, for those who may know them. */
  devices: string | null;
}

/** What queries call each section. */
const SECTION_NAMES: Readonly<Record<string, Audience>> = {
  visibleByTheUser: 'self',
  visibleByFriends: 'friends',
  visibleByRegisteredUsers: 'registered',
  visibleByAnonymousUsers: 'anonymous',
};

const SECTION_COLUMNS: Readonly<Record<Audience, Sql>> = {
  self: sql`u.visible_to_self`,
  friends: sql`u.visible_to_friends`,
  registered: sql`u.visible_to_registered`,
  anonymous: sql`u.visible_to_anonymous`,
};

/** The server's own roles have their name as id, and no row. */
const ROLE_NAME = sql`coalesce(r.name, u.role)`;

/** The users of the circle, as the actor sees them. */
export function personSource(
  { db: { dialect } }: BackendContext,
  actor: Actor,
  circle: Circle,
): Source<PersonRow> {
  const shown = shownColumns(dialect, actor);
  const { from, ...place } = placeOf(actor.tenant, circle);
  const columns = sql<PersonRow>`u.id, u.name, u.status, ${ROLE_NAME} as "roleName",
    ${shown.self} as self, ${shown.friends} as friends, ${shown.registered} as registered,
    ${shown.anonymous} as anonymous, u.created_at as "createdAt", u.generated_name as "generatedName",
    ${dialect === 'postgres' ? sql`(${shown.devices})::text` : shown.devices} as devices`;
  return {
    ...place,
    from: sql`${from} left join backend_roles r on r.tenant_id = u.tenant_id and r.id = u.role
      ${parsedOn(dialect, shown)}`,
    visible: TRUE,
    dense: true,
    bytes: sql`(300 + octet_length(u.visible_to_self) + octet_length(u.visible_to_friends)
      + octet_length(u.visible_to_registered) + octet_length(u.visible_to_anonymous))`,
    target: targetOf(dialect, shown),
    queried: columns,
    subject: subjectOf,
    wanted: columns,
  };
}

function placeOf(
  tenant: string,
  circle: Circle,
): Pick<Source<PersonRow>, 'from' | 'scope' | 'key' | 'insertion'> {
  if (circle.of === 'everyone') {
    return {
      from: sql`backend_users u`,
      scope: sql`u.tenant_id = ${tenant}`,
      key: sql`u.id`,
      insertion: [sql`u.created_at`, sql`u.id`],
    };
  }
  const [user, other] =
    circle.of === 'followers'
      ? [sql`f.followed`, sql`f.follower`]
      : [sql`f.follower`, sql`f.followed`];
  return {
    from: sql`backend_friends f join backend_users u on u.tenant_id = f.tenant_id and u.id = ${other}`,
    scope: sql`f.tenant_id = ${tenant} and ${user} = ${circle.user}`,
    key: other,
    insertion: [sql`f.created_at`, other],
  };
}

type Shown = Record<Audience | 'devices', Sql>;

/** Expressions for what the actor may see of each user; NULL for the rest. */
function shownColumns(dialect: Dialect, actor: Actor): Shown {
  const { self, friends, registered, anonymous } = SECTION_COLUMNS;
  const devices = devicesOn(dialect);
  if (actor.administrator) return { self, friends, registered, anonymous, devices };
  const own = actor.user ? sql`u.id = ${actor.user.id}` : sql`false`;
  const when = (condition: Sql, column: Sql) => sql`(case when ${condition} then ${column} end)`;
  const followsSomeone = actor.grantees.some((grantee) => grantee.startsWith('f:'));
  const followed = sql`exists (select 1 from backend_friends s where s.tenant_id = u.tenant_id
    and s.follower = ${actor.user?.id ?? ''} and s.followed = u.id)`;
  return {
    self: when(own, self),
    friends: when(followsSomeone ? sql`(${own} or ${followed})` : own, friends),
    registered: actor.user ? registered : sql`cast(null as text)`,
    anonymous,
    devices: when(own, devices),
  };
}

/** PostgreSQL would make JSON anew wherever a condition looks at it: here it is made once a user, if at all. */
function parsedOn(dialect: Dialect, shown: Shown): Sql {
  if (dialect === 'sqlite') return sql``;
  const columns = AUDIENCES.map(
    (audience) => sql`(${shown[audience]})::jsonb as ${sql.ref(audience)}`,
  );
  return sql`cross join lateral (select ${userOn(dialect)} as account, ${sql.join(columns)} offset 0) p`;
}

/** Name, status and roles as JSON. */
function userOn(dialect: Dialect): Sql {
  const truth = dialect === 'postgres' ? sql`true` : sql`json('true')`;
  const role = objectOn(dialect, { name: ROLE_NAME, isrole: truth });
  const roles = listOn(dialect, role);
  return objectOn(dialect, { name: sql`u.name`, status: sql`upper(u.status)`, roles });
}

function listOn(dialect: Dialect, item: Sql): Sql {
  return dialect === 'postgres' ? sql`jsonb_build_array(${item})` : sql`json_array(${item})`;
}

/** A JSON object with members of our own naming. */
function objectOn(dialect: Dialect, members: Readonly<Record<string, Sql>>): Sql {
  const pairs = sql.join(
    Object.entries(members).map(([name, value]) => sql`${sql.lit(name)}, ${value}`),
  );
  return dialect === 'postgres' ? sql`jsonb_build_object(${pairs})` : sql`json_object(${pairs})`;
}

function devicesOn(dialect: Dialect): Sql {
  const devices = (list: Sql) => sql`(select ${list} from backend_devices v
    where v.tenant_id = u.tenant_id and v.user_id = u.id)`;
  return dialect === 'postgres'
    ? devices(
        sql`coalesce(jsonb_agg(jsonb_build_object('os', v.os, 'pushToken', v.token) order by v.os, v.token), '[]'::jsonb)`,
      )
    : devices(
        sql`json_group_array(json_object('os', v.os, 'pushToken', v.token) order by v.os, v.token)`,
      );
}

function targetOf(dialect: Dialect, shown: Shown): SqlTarget {
  const postgres = dialect === 'postgres';
  const text = (column: Sql): SystemColumn & { type: 'text' } => ({
    type: 'text',
    value: textColumn(dialect, column),
  });
  const user = postgres ? sql`p.account` : userOn(dialect);
  // What is asked for most needs no JSON of the whole user.
  const known = new Map<string, SystemColumn>([
    ['name', text(sql`u.name`)],
    ['status', text(sql`upper(u.status)`)],
    ['roles 0 name', text(ROLE_NAME)],
    ['roles name', { type: 'json', document: listOn(dialect, ROLE_NAME) }],
  ]);
  return {
    json: jsonOn(dialect),
    document: objectOn(dialect, { id: sql`u.id`, user }),
    system(field) {
      switch (field) {
        case 'user':
          return {
            type: 'json',
            document: user,
            below: (steps) => known.get(steps.join(' ')),
          };
        case 'id':
          return text(sql`u.id`);
        case 'signUpDate':
          return { type: 'date', value: sql`u.created_at` };
        case 'generated_username': {
          const truths = sql`case u.generated_name when 0 then 'false' else 'true' end`;
          return { type: 'json', document: postgres ? sql`(${truths})::jsonb` : sql`(${truths})` };
        }
        case 'system': {
          const { devices } = shown;
          const system = objectOn(dialect, {
            login_info: postgres ? devices : sql`json(${devices})`,
          });
          return {
            type: 'json',
            document: sql`(case when ${devices} is not null then ${system} end)`,
          };
        }
        default: {
          const audience = Object.hasOwn(SECTION_NAMES, field) ? SECTION_NAMES[field] : undefined;
          if (!audience) return undefined;
          const section = shown[audience];
          return { type: 'json', document: postgres ? sql.ref(`p.${audience}`) : section };
        }
      }
    },
  };
}

/** A user in memory, for the evaluator. */
function subjectOf(row: PersonRow) {
  const user: JsonObject = {
    name: row.name,
    status: row.status.toUpperCase(),
    roles: [{ name: row.roleName, isrole: true }],
  };
  return {
    fields: { id: row.id, user },
    system(field: string): Value {
      switch (field) {
        case 'user':
          return user;
        case 'id':
          return row.id;
        case 'signUpDate':
          return new DateValue(row.createdAt);
        case 'generated_username':
          return row.generatedName !== 0;
        case 'system':
          return row.devices === null ? undefined : { login_info: JSON.parse(row.devices) as Json };
        default: {
          const audience = Object.hasOwn(SECTION_NAMES, field) ? SECTION_NAMES[field] : undefined;
          const section = audience && row[audience];
          return section == null ? undefined : (JSON.parse(section) as JsonObject);
        }
      }
    },
  };
}

/** The devices in a row's text. */
export function devicesOf(text: string): Device[] {
  const devices = JSON.parse(text) as { os: string; pushToken: string }[];
  return devices.map(({ os, pushToken }) => ({ os, token: pushToken }));
}

/** The sections of a row. */
export function sectionsOf(row: PersonRow): Record<Audience, string | null> {
  return Object.fromEntries(AUDIENCES.map((audience) => [audience, row[audience]])) as Record<
    Audience,
    string | null
  >;
}
