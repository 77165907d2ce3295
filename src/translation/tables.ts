// The tables of the translation room, as the query builder sees them.

export interface TranslationTables {
  /** One row a project. Lists and settings are JSON text. */
  tr_projects: {
    tenant_id: string;
    key: string;
    kind: string;
    name: string;
    description: string | null;
    shared_name: string | null;
    shared_description: string | null;
    source_locale: string;
    target_locales: string;
    extensions: string;
    settings: string;
    created_at: number;
    updated_at: number;
  };

  /** One row a connector: who may come in for one project. The password is in the platform's credentials. */
  tr_connectors: {
    tenant_id: string;
    id: string;
    project_key: string;
    level: string;
    login: string;
    /** 1 or 0. */
    enabled: number;
    /** JSON list of addresses and networks; empty: from everywhere. */
    ip_allow: string;
    comments: string | null;
    created_at: number;
    updated_at: number;
    /** The last login: what the client calls itself, its version and its address. */
    last_login_at: number | null;
    last_client: string | null;
    last_client_version: string | null;
    last_address: string | null;
  };

  /** One row while an exclusive operation runs on a project. */
  tr_exclusive_sections: {
    tenant_id: string;
    project_key: string;
    /** Random, new for each run: who may renew and release. */
    holder: string;
    purpose: string;
    since: number;
    expires_at: number;
  };

  /**
   * One row a path of an area. Sources stay as a row without a blob after their deletion, until a scan has noticed it.
   */
  tr_files: {
    tenant_id: string;
    project_key: string;
    area: string;
    /** Target locale as the project spells it, empty for `in` and `sandbox`. */
    locale: string;
    /** SHA-256 of `path_key`: paths may be longer than what an index takes. */
    path_hash: string;
    /** As the first upload wrote it. */
    path: string;
    path_key: string;
    /** Empty: deleted. */
    blob_id: string | null;
    /** The blob that the last change put out of use. */
    replaced_blob_id: string | null;
    size: number;
    /** Grows with every change, deletion included. */
    version: number;
    /** When the content was last written. */
    modified_at: number;
    /** When the row last changed: upload or deletion. */
    changed_at: number;
  };
}
