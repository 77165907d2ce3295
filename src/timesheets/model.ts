// The words of the timesheet: accounts, entities, people, entries.

/** What takes its number from the account's shared sequence. */
export type EntityKind =
  'company' | 'project' | 'subproject' | 'task' | 'absence' | 'person' | 'group';

/** The levels of the work tree, from the root down. */
export type WorkKind = 'company' | 'project' | 'subproject';
export const WORK_KINDS: readonly WorkKind[] = ['company', 'project', 'subproject'];

/** What time can be recorded on. */
export type TargetKind = WorkKind | 'absence';

/** Role of a person. A project manager's relations count only in the group `pm`; a leader's always. */
export type UserGroup = 'admin' | 'contractor' | 'employee' | 'pm' | 'leader';
export const USER_GROUPS: readonly UserGroup[] = [
  'admin',
  'contractor',
  'employee',
  'pm',
  'leader',
];

/** Draft, submitted, approved, rejected, locked. */
export type EntryStatus = 'd' | 's' | 'a' | 'r' | 'l';

/** How objects that have an external id show themselves: by it alone, or by both ids. */
export type XidMode = 'replace' | 'both';

/** A tenant's timesheet. */
export interface Account {
  tenantId: string;
  name: string;
  /** Whether programs may call in with tokens at all. */
  apiEnabled: boolean;
  /** IANA name; days begin at midnight there. */
  timeZone: string;
  xidMode: XidMode;
  /** Answers of the first generation without the members that its printed samples lack. */
  v1Strict: boolean;
  /** Recorded time is rounded up to a multiple of this. */
  minQuantitySeconds: number;
  mainCompanyId: number;
}

/** An entity as others refer to it. */
export interface Reference {
  id: number;
  xid?: string;
  name: string;
  active: boolean;
}

/** A company, project, subproject, task, absence type, person or group, with the members that its kind has. */
export interface Entity<Kind extends EntityKind = EntityKind> extends Reference {
  kind: Kind;
  /** Company of a project, task, absence or person; project of a subproject; parent of a group. */
  parent?: Reference;
  /** Companies: one of the account's own organisations, not a customer. */
  corporate: boolean;
  /** Work entities: no task is needed here. */
  specificTasksDisabled: boolean;
  /** Projects: `YYYY-MM-DD`. */
  startDate?: string;
  /** Projects. */
  description: string;
  /** People. */
  email?: string;
  /** People. */
  userGroup: UserGroup;
}

export type Company = Entity<'company'>;
export type Person = Entity<'person'>;

/** One record of time. */
export interface Entry {
  id: number;
  xid?: string;
  personId: number;
  /** `YYYY-MM-DD` */
  date: string;
  /** 0 to 86 400. */
  seconds: number;
  status: EntryStatus;
  comment: string;
  /** The one entity on which the time is recorded, never its parents. */
  target: Reference & { kind: TargetKind };
  task?: Reference;
  /** `YYYY-MM-DD HH:MM:SS` in the account's zone, or empty. */
  startedAt: string;
  endedAt: string;
}
