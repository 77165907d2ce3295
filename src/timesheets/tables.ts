// The room's tables as Kysely sees them. Flags are 0 or 1, moments are milliseconds, dates are `YYYY-MM-DD`.
import type { Kysely } from 'kysely';

export interface TimesheetTables {
  time_accounts: AccountsTable;
  time_sequences: SequencesTable;
  time_entities: EntitiesTable;
  time_leaders: LeadersTable;
  time_managers: ManagersTable;
  time_specific_tasks: SpecificTasksTable;
  time_members: MembersTable;
  time_group_assignments: GroupAssignmentsTable;
  time_entries: EntriesTable;
  time_entry_events: EntryEventsTable;
}

/** The database or a transaction, seen through this room's tables. */
export type Sql = Kysely<TimesheetTables>;

/** A tenant's timesheet: at most one a tenant, so the tenant is its key. */
interface AccountsTable {
  tenant_id: string;
  name: string;
  api_enabled: number;
  time_zone: string;
  xid_mode: string;
  v1_strict: number;
  min_quantity_seconds: number;
  main_company_id: number;
  created_at: number;
}

interface SequencesTable {
  tenant_id: string;
  name: string;
  next: number;
}

/**
 * Everything that takes its number from the account's shared sequence. `parent_id` is the company of a project, task,
 * absence or person, the project of a subproject, the parent of a group.
 */
interface EntitiesTable {
  tenant_id: string;
  id: number;
  kind: string;
  parent_id: number | null;
  xid: string | null;
  name: string;
  active: number;
  corporate: number | null;
  start_date: string | null;
  description: string | null;
  specific_tasks_disabled: number;
  email: string | null;
  email_key: string | null;
  user_group: string | null;
  invited_at: number | null;
  created_at: number;
  updated_at: number;
}

interface LeadersTable {
  tenant_id: string;
  person_id: number;
  leader_id: number;
}

interface ManagersTable {
  tenant_id: string;
  project_id: number;
  person_id: number;
}

/** Tasks attached to a company, project or subproject; they replace the general list there. */
interface SpecificTasksTable {
  tenant_id: string;
  owner_id: number;
  task_id: number;
}

/** People and groups to whom alone a company, project or subproject is offered. */
interface MembersTable {
  tenant_id: string;
  owner_id: number;
  member_id: number;
}

/** `valid_from` is the first day on which the assignment holds; the empty string means always. */
interface GroupAssignmentsTable {
  tenant_id: string;
  entity_id: number;
  group_id: number;
  valid_from: string;
}

interface EntriesTable {
  tenant_id: string;
  id: number;
  person_id: number;
  date: string;
  seconds: number;
  target_id: number;
  target_kind: string;
  task_id: number | null;
  comment: string;
  status: string;
  status_before_lock: string | null;
  started_at: string;
  ended_at: string;
  xid: string | null;
  version: number;
  created_by: number;
  created_at: number;
  updated_at: number;
}

/** What happened to an entry, one row a change; outlives the entry. `version` counts from 1. */
interface EntryEventsTable {
  tenant_id: string;
  entry_id: number;
  version: number;
  actor_id: number;
  at: number;
  action: string;
  before: string | null;
  after: string | null;
}
