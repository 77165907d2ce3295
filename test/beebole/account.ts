// An account for domain tests: a database with the whole schema, an administrator, and short ways to fill it.
import { platformMigrations } from '../../src/platform/migrations.ts';
import { Credentials } from '../../src/platform/credentials/credentials.ts';
import { migrate } from '../../src/platform/database/migrations.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { Tenants } from '../../src/platform/tenants/tenants.ts';
import { createAccount } from '../../src/timesheets/accounts.ts';
import { setSpecificTask } from '../../src/timesheets/available-tasks.ts';
import { reading, writing, type PersonContext } from '../../src/timesheets/context.ts';
import { findOfKind, insertEntity } from '../../src/timesheets/entity-store.ts';
import { setMember } from '../../src/timesheets/membership.ts';
import { timesheetsMigrations } from '../../src/timesheets/migrations.ts';
import type { Account, Entity, EntityKind, Person } from '../../src/timesheets/model.ts';
import { createPerson, type NewPerson } from '../../src/timesheets/people.ts';
import { createWork, setActive, type NewWork } from '../../src/timesheets/work.ts';
import type { TimesheetTables } from '../../src/timesheets/tables.ts';
import { testClock, type TestClock } from '../support/app.ts';
import { makePlace, openPlace, type Engine } from '../support/database.ts';

type MadeKind = 'company' | 'project' | 'subproject' | 'task' | 'absence';

/** An empty database of the whole schema with one tenant. */
export async function openTestDatabase(engine: Engine) {
  const place = await makePlace(engine);
  const db = openPlace(place);
  const clock = testClock();
  const random = systemRandom(clock);
  await migrate(db, [...platformMigrations, ...timesheetsMigrations], clock);
  const tenants = new Tenants(db, { clock, random });
  const credentials = new Credentials(db, {
    clock,
    random,
    serverKey: new Uint8Array(32).fill(7),
    flushEveryMs: 0,
  });
  return {
    db,
    clock,
    tenants,
    tokens: credentials.tokens,
    handles: tenants.handles,
    tenant: (name = 'test') => db.write((trx) => tenants.create(trx, { name })),
    async close() {
      await credentials.close();
      await db.close();
      await place.remove();
    },
  };
}

export type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

/** A new account in a tenant of its own. Its main company is `main`, its only tasks those that the test makes. */
export class TestAccount {
  readonly on: TestDatabase;
  readonly account: Account;

  private constructor(on: TestDatabase, account: Account) {
    this.on = on;
    this.account = account;
  }

  static async open(on: TestDatabase, alias = 'test', timeZone = 'UTC'): Promise<TestAccount> {
    const { id: tenantId } = await on.tenant(alias);
    const account = await createAccount(on, {
      tenantId,
      alias,
      name: 'Test',
      admin: { name: 'Root' },
      apiEnabled: true,
      timeZone,
    });
    const test = new TestAccount(on, account);
    await test.clearTasks();
    return test;
  }

  get db(): Database {
    return this.on.db;
  }

  get clock(): TestClock {
    return this.on.clock;
  }

  get main(): Promise<Entity<'company'>> {
    return this.find('company', this.account.mainCompanyId);
  }

  get admin(): Promise<Person> {
    return this.find('person', 2);
  }

  /** What the domain is called with when this person acts. */
  as(actor: Person): PersonContext {
    return { db: this.db, clock: this.clock, account: this.account, actor };
  }

  async find<Kind extends EntityKind>(kind: Kind, id: number): Promise<Entity<Kind>> {
    const { tenantId } = this.account;
    const found = await findOfKind(reading(this), tenantId, kind, { id });
    if (!found) throw new Error(`The test has no ${kind} ${id}`);
    return found;
  }

  async make<Kind extends MadeKind>(
    kind: Kind,
    name: string,
    parent?: Entity,
    more: Partial<NewWork> = {},
  ): Promise<Entity<Kind>> {
    return this.find(kind, await createWork(this, kind, parent, { name, ...more }));
  }

  async person(name: string, more: Partial<NewPerson> = {}): Promise<Person> {
    return this.find('person', await createPerson(this, { name, ...more }));
  }

  async group(name: string, parent?: Entity): Promise<Entity<'group'>> {
    const group = { kind: 'group' as const, name, parentId: parent?.id };
    const id = await writing(this, (sql) =>
      insertEntity(sql, this.account.tenantId, group, this.clock.now()),
    );
    return this.find('group', id);
  }

  async assign(entity: Entity, group: Entity<'group'>, validFrom = ''): Promise<void> {
    await this.db.write<TimesheetTables, unknown>((sql) =>
      sql
        .insertInto('time_group_assignments')
        .values({
          tenant_id: this.account.tenantId,
          entity_id: entity.id,
          group_id: group.id,
          valid_from: validFrom,
        })
        .execute(),
    );
  }

  member(owner: Entity, member: Entity): Promise<void> {
    return writing(this, (sql) => setMember(sql, this.account.tenantId, owner.id, member.id, true));
  }

  specific(owner: Entity, task: Entity<'task'>): Promise<void> {
    return writing(this, (sql) =>
      setSpecificTask(sql, this.account.tenantId, owner.id, task, true),
    );
  }

  switchOff(entity: Entity): Promise<void> {
    return setActive(this, entity, false);
  }

  private async clearTasks(): Promise<void> {
    await this.db.write<TimesheetTables, unknown>((sql) =>
      sql
        .deleteFrom('time_entities')
        .where('tenant_id', '=', this.account.tenantId)
        .where('kind', '=', 'task')
        .execute(),
    );
  }
}
