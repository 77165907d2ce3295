// Administrators of translation projects: logins that reach every project of their tenant (Beebox spec 2.7).
import { foldName } from '../platform/credentials/names.ts';
import type { Passwords, PreparedPassword } from '../platform/credentials/passwords.ts';
import type { Transaction } from '../platform/database/statement.ts';
import type { Handles } from '../platform/tenants/handles.ts';

/** The realm of the administrators' passwords in each tenant. */
export const ADMINISTRATOR_REALM = 'translation.administrator';

/** Administrators may log in without naming a project, so their logins lead to their tenant. */
const HANDLE = 'translation.administrator';

export class Administrators {
  readonly #passwords: Passwords;
  readonly #handles: Handles;

  constructor({ passwords, handles }: { passwords: Passwords; handles: Handles }) {
    this.#passwords = passwords;
    this.#handles = handles;
  }

  /**
   * Makes an administrator. Throws `Conflict` (`handle_taken`, `name_taken`) when any tenant of the server has this login
   * already, `Invalid` (`handle_value`, `name_length`).
   */
  async create(
    trx: Transaction,
    tenant: string,
    login: string,
    password: PreparedPassword,
  ): Promise<void> {
    await this.#handles.add(trx, tenant, { kind: HANDLE, value: foldName(login) });
    const key = { tenant, realm: ADMINISTRATOR_REALM, name: login };
    await this.#passwords.create(trx, { ...key, subject: foldName(login) }, password);
  }

  /** Sets another password; sessions end. Throws `NotFound` (`name_unknown`). */
  async changePassword(
    trx: Transaction,
    tenant: string,
    login: string,
    password: PreparedPassword,
  ): Promise<void> {
    const key = { tenant, realm: ADMINISTRATOR_REALM, name: login };
    await this.#passwords.change(trx, key, password);
  }

  /** The tenant whose administrator has this login. */
  tenantOf(login: string): Promise<string | undefined> {
    return this.#handles.find(HANDLE, foldName(login));
  }
}
