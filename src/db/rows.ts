// Made by `npm run generate` from the migrated schema. Do not edit.

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly role: string;
  readonly scopes: string[];
  readonly purposes: string[];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly ended_at: Date | null;
  readonly last_used: Date | null;
}

export interface AttributeSetRow {
  readonly subject_id: string;
  readonly source_id: string;
  readonly category: string;
  readonly set_mac: Buffer;
  readonly first_at: Date;
  readonly first_event: string;
  readonly last_at: Date;
  readonly last_event: string;
  readonly cell: Buffer;
}

export interface AuditEntryRow {
  readonly seq: number;
  readonly action: string;
  readonly entry: string;
  readonly leaf_hash: Buffer;
  readonly sequenced_at: Date;
}

export interface AuditSaltRow {
  readonly entry_id: string;
  readonly target: number;
  readonly salt: Buffer;
}

export interface AuditStageRow {
  readonly id: string;
  readonly action: string;
  readonly entry: string;
}

export interface ChangeStageRow {
  readonly stage_id: string;
  readonly reason: string;
  readonly subjects: string[];
  readonly staged_at: Date;
}

export interface ContestedRow {
  readonly bi: Buffer;
  readonly level: number;
  readonly kind: string;
  readonly issuer: string;
  readonly rule: string;
  readonly parties: string[];
  readonly party_count: number;
  readonly review: boolean;
  readonly since: Date;
}

export interface EventRow {
  readonly subject_id: string;
  readonly occurred_at: Date;
  readonly event_id: string;
  readonly source_id: string;
  readonly type: string;
  readonly name: string | null;
  readonly channel: string;
  readonly store_id: string | null;
  readonly received_at: Date;
  readonly plain: unknown | null;
  readonly sealed: Buffer | null;
}

export interface EvidenceRow {
  readonly subject_id: string;
  readonly bi: Buffer;
  readonly kind: string;
  readonly issuer: string;
  readonly class: number;
  readonly source_id: string;
  readonly first_at: Date;
  readonly first_event: string;
  readonly last_month: Date;
  readonly cell: Buffer;
}

export interface FeedPositionRow {
  readonly only_row: boolean;
  readonly position: number;
}

export interface IdempotencyKeyRow {
  readonly principal: string;
  readonly route: string;
  readonly key_hash: Buffer;
  readonly request_mac: Buffer;
  readonly started_at: Date;
  readonly expires_at: Date;
  readonly status: number | null;
  readonly headers: unknown | null;
  readonly body: unknown | null;
}

export interface IdentifierIssuerRow {
  readonly kind: string;
  readonly issuer: string;
}

export interface IdentifierNodeRow {
  readonly bi: Buffer;
  readonly blocked: boolean;
  readonly touched: boolean;
}

export interface IdentityLinkRow {
  readonly link_id: string;
  readonly kind: string;
  readonly left_subject: string;
  readonly right_subject: string;
  readonly actor: string;
  readonly signature: Buffer;
  readonly created_at: Date;
}

export interface OrderStateRow {
  readonly subject_id: string;
  readonly order_key: string;
  readonly facts: unknown;
  readonly folded: unknown;
}

export interface QuarantineRow {
  readonly quarantine_id: string;
  readonly source_id: string;
  readonly event_id: string | null;
  readonly content_mac: Buffer;
  readonly code: string;
  readonly detail: string;
  readonly door: string;
  readonly place: string | null;
  readonly key_id: string;
  readonly cell: Buffer;
  readonly state: string;
  readonly attempts: number;
  readonly received_at: Date;
  readonly expires_at: Date;
  readonly resolved_at: Date | null;
}

export interface ReceiptRow {
  readonly source_id: string;
  readonly event_id: string;
  readonly verdict: string;
  readonly code: string | null;
  readonly content_mac: Buffer;
  readonly subject_id: string | null;
  readonly occurred_at: Date | null;
  readonly quarantine_id: string | null;
  readonly received_at: Date;
}

export interface SchemaMigrationRow {
  readonly number: number;
  readonly name: string;
  readonly applied_at: Date;
}

export interface SourceRow {
  readonly source_id: string;
  readonly name: string;
  readonly kind: string;
  readonly platform: string | null;
  readonly purposes: string[];
  readonly locale: string | null;
  readonly region: string | null;
  readonly time_zone: string;
  readonly currency: string | null;
  readonly identifiers: unknown;
  readonly blocked_values: unknown;
  readonly mapping: unknown | null;
  readonly key_id: string | null;
  readonly secrets: Buffer | null;
  readonly state: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface SourceCountRow {
  readonly source_id: string;
  readonly day: Date;
  readonly verdict: string;
  readonly code: string;
  readonly count: number;
}

export interface SourceKeyRow {
  readonly source_id: string;
  readonly key_hash: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

export interface SubjectRow {
  readonly subject_id: string;
  readonly anchor_bi: Buffer;
  readonly anchor_kind: string;
  readonly anchor_issuer: string;
  readonly anchor_class: number;
  readonly member_id: string;
  readonly core_id: string;
  readonly key_id: string;
  readonly state: string;
  readonly next_change_at: Date | null;
  readonly created_at: Date;
}

export interface SubjectAggregateRow {
  readonly subject_id: string;
  readonly aggregate: unknown;
}

export interface SubjectChangeRow {
  readonly subject_id: string;
  readonly position: number;
  readonly reason: string;
  readonly changed_at: Date;
}

export interface WebhookNonceRow {
  readonly source_id: string;
  readonly nonce_mac: Buffer;
  readonly body_hash: Buffer;
  readonly expires_at: Date;
}

/** Every table of the main store. */
export interface Tables {
  readonly api_key: ApiKeyRow;
  readonly attribute_set: AttributeSetRow;
  readonly audit_entry: AuditEntryRow;
  readonly audit_salt: AuditSaltRow;
  readonly audit_stage: AuditStageRow;
  readonly change_stage: ChangeStageRow;
  readonly contested: ContestedRow;
  readonly event: EventRow;
  readonly evidence: EvidenceRow;
  readonly feed_position: FeedPositionRow;
  readonly idempotency_key: IdempotencyKeyRow;
  readonly identifier_issuer: IdentifierIssuerRow;
  readonly identifier_node: IdentifierNodeRow;
  readonly identity_link: IdentityLinkRow;
  readonly order_state: OrderStateRow;
  readonly quarantine: QuarantineRow;
  readonly receipt: ReceiptRow;
  readonly schema_migration: SchemaMigrationRow;
  readonly source: SourceRow;
  readonly source_count: SourceCountRow;
  readonly source_key: SourceKeyRow;
  readonly subject: SubjectRow;
  readonly subject_aggregate: SubjectAggregateRow;
  readonly subject_change: SubjectChangeRow;
  readonly webhook_nonce: WebhookNonceRow;
}
