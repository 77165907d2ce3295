// `skep timesheet`: the Beebole account of a tenant: its API switch and the tokens of its people.
import { Invalid, NotFound } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { findAccount, updateAccount } from '../timesheets/accounts.ts';
import { resetApiToken, showApiToken } from '../timesheets/api-tokens.ts';
import { findOfKind } from '../timesheets/entity-store.ts';
import type { Account } from '../timesheets/model.ts';
import type { TimesheetTables } from '../timesheets/tables.ts';
import type { Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { chosenTenant, withPlatform } from './open.ts';

const USAGE = 'timesheet status | people | enable | disable | token NUMBER [--reset]';

export const command: Command = {
  usage: USAGE,
  summary:
    'Switches API calls of a Beebole account on or off, and shows the API token of a person.',
  options: {
    tenant: { type: 'string', help: 'Name or id of the tenant, when there are several.' },
    reset: { type: 'boolean', help: 'Give the person a new token; the old one ends at once.' },
  },
  run: ({ config, words, options }) =>
    withPlatform(config, (platform) => act(platform, words, options)),
};

async function act(
  platform: Platform,
  [action = 'status', person]: string[],
  options: Arguments['options'],
): Promise<void> {
  const tenant = await chosenTenant(platform, options['tenant']);
  const sql = platform.db.tables<TimesheetTables>();
  const account = await findAccount(sql, tenant);
  if (!account) throw new NotFound('no_account', 'This tenant has no timesheet');
  if (action === 'enable' || action === 'disable') {
    const context = { db: platform.db, clock: platform.clock, account };
    await updateAccount(context, { apiEnabled: action === 'enable' });
  } else if (action === 'token' && person) {
    await token(platform, account, Number(person), options['reset'] === true);
  } else if (action === 'people') {
    const people = await sql
      .selectFrom('time_entities')
      .select(['id', 'name', 'user_group'])
      .where('tenant_id', '=', tenant)
      .where('kind', '=', 'person')
      .orderBy('id')
      .execute();
    for (const { id, name, user_group } of people)
      console.log(`${id}  ${name}  ${user_group ?? ''}`);
  } else if (action === 'status') {
    console.log(`${account.name}: API calls are ${account.apiEnabled ? 'enabled' : 'disabled'}`);
  } else throw new Invalid('bad_arguments', `Usage: skep ${USAGE}`);
}

async function token(platform: Platform, account: Account, id: number, reset: boolean) {
  const { db, clock, credentials } = platform;
  if (!Number.isInteger(id)) {
    throw new Invalid('bad_arguments', 'A person is named by a number; see: skep timesheet people');
  }
  const sql = db.tables<TimesheetTables>();
  const person = await findOfKind(sql, account.tenantId, 'person', { id });
  if (!person) throw new NotFound('no_person', `There is no person with the number ${id}`);
  const context = { db, clock, account, tokens: credentials.tokens };
  const shown = await (reset ? resetApiToken(context, person) : showApiToken(context, person));
  console.log(`token   ${shown.token}\nBase64  ${shown.basic}`);
}
