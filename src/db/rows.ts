// Made by `npm run generate` from the migrated schema. Do not edit.

export interface AccountingLineRow {
  readonly line_id: string;
  readonly document_no: string;
  readonly kind: string;
  readonly sold_on: Date;
  readonly store_id: string | null;
  readonly channel: string;
  readonly currency: string;
  readonly gross_minor: number;
  readonly returned_minor: number;
  readonly net_minor: number;
  readonly units: string;
  readonly ground: string;
  readonly kept_until: Date;
}

export interface AnonymousCountRow {
  readonly source_id: string;
  readonly day: Date;
  readonly type: string;
  readonly channel: string;
  readonly store_id: string;
  readonly count: number;
}

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
  readonly recipient_id: string | null;
  readonly stores: string[];
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

export interface AuditNodeRow {
  readonly level: number;
  readonly idx: number;
  readonly hash: Buffer;
}

export interface AuditSaltRow {
  readonly entry_id: string;
  readonly target: number;
  readonly salt: Buffer;
  readonly target_hash: Buffer | null;
}

export interface AuditStageRow {
  readonly id: string;
  readonly action: string;
  readonly entry: string;
}

export interface AuditTreeHeadRow {
  readonly size: number;
  readonly root: Buffer;
  readonly kid: string;
  readonly jws: string;
  readonly signed_at: Date;
}

export interface BreachIncidentRow {
  readonly incident_id: string;
  readonly aspects: string[];
  readonly occurred_from: Date;
  readonly occurred_to: Date;
  readonly discovered_at: Date;
  readonly risk: string | null;
  readonly state: string;
  readonly readers: unknown;
  readonly everybody: boolean;
  readonly counted_at: Date | null;
  readonly key_id: string;
  readonly sealed: Buffer;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}

export interface BreachMemberRow {
  readonly incident_id: string;
  readonly member_id: string;
  readonly regime: string | null;
  readonly categories: string[];
}

export interface BreachNoticeRow {
  readonly incident_id: string;
  readonly regime: string;
  readonly audience: string;
  readonly due_at: Date | null;
  readonly state: string;
  readonly decided_at: Date | null;
  readonly note: Buffer | null;
  readonly warned_at: Date | null;
  readonly late_at: Date | null;
}

export interface ChangeFollowerRow {
  readonly name: string;
  readonly position: number;
}

export interface ChangeStageRow {
  readonly stage_id: string;
  readonly reason: string;
  readonly subjects: string[];
  readonly staged_at: Date;
}

export interface ConsentChainRow {
  readonly subject_id: string;
  readonly key_id: string | null;
  readonly length: number;
  readonly tip: Buffer;
  readonly flagged: boolean;
  readonly erased: boolean;
}

export interface ConsentExpiryRow {
  readonly only_row: boolean;
  readonly looked_to: Date;
}

export interface ConsentRecordRow {
  readonly subject_id: string;
  readonly sequence: number;
  readonly record_id: string;
  readonly previous: Buffer;
  readonly commitment: Buffer;
  readonly hash: Buffer;
  readonly state: string;
  readonly purpose_id: string;
  readonly purpose_version: number | null;
  readonly channel: string | null;
  readonly recipient_id: string | null;
  readonly regime: string | null;
  readonly separate_consent: string | null;
  readonly refers_to: string | null;
  readonly notice_id: string | null;
  readonly notice_version: number | null;
  readonly notice_locale: string | null;
  readonly notice_sha256: Buffer | null;
  readonly conflict_shown: boolean;
  readonly valid_until: Date | null;
  readonly recorded_at: Date;
  readonly occurred_at: Date | null;
  readonly clock: string;
  readonly method: string;
  readonly source_id: string | null;
  readonly store_id: string | null;
  readonly actor_kind: string;
  readonly signal: unknown | null;
  readonly prompt: unknown | null;
  readonly double_opt_in: string;
  readonly by_guardian: boolean;
  readonly dedupe_mac: Buffer | null;
  readonly key_id: string | null;
  readonly cell: Buffer | null;
}

export interface ConsentSaltRow {
  readonly subject_id: string;
  readonly sequence: number;
  readonly salt: Buffer;
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

export interface ControllerVersionRow {
  readonly since: Date;
  readonly details: unknown;
  readonly set_by: string;
}

export interface DisclosureRow {
  readonly subject_id: string;
  readonly reader_kind: string;
  readonly reader_id: string;
  readonly purpose_id: string;
  readonly categories: string[];
  readonly first_at: Date;
  readonly last_at: Date;
}

export interface DsrAlertRow {
  readonly request_id: string;
  readonly alert: string;
  readonly sent_at: Date;
}

export interface DsrCallbackRow {
  readonly callback_id: string;
  readonly request_id: string;
  readonly url: string;
  readonly status: string;
  readonly state: string;
  readonly attempts: number;
  readonly next_at: Date;
  readonly leased_until: Date | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
}

export interface DsrCodeRow {
  readonly code_id: string;
  readonly request_id: string;
  readonly code_hash: Buffer;
  readonly contact_mac: Buffer;
  readonly sent_at: Date;
  readonly expires_at: Date;
  readonly tries: number;
  readonly used_at: Date | null;
}

export interface DsrHistoryRow {
  readonly request_id: string;
  readonly seq: number;
  readonly at: Date;
  readonly act: string;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly code: string | null;
  readonly note: Buffer | null;
}

export interface DsrOpendsrRow {
  readonly controller_id: string;
  readonly subject_request_id: string;
  readonly request_id: string;
  readonly dialect: string;
  readonly body_mac: Buffer;
  readonly received_at: Date;
  readonly expected_at: Date;
  readonly callback_urls: string[];
  readonly told: string;
}

export interface DsrRequestRow {
  readonly request_id: string;
  readonly kind: string;
  readonly filer: string;
  readonly door: string;
  readonly regime: string;
  readonly regime_from: string;
  readonly country: string | null;
  readonly locale: string;
  readonly state: string;
  readonly tier: string;
  readonly match: string;
  readonly member_id: string | null;
  readonly subjects: string[];
  readonly identity: string | null;
  readonly needs_declaration: boolean;
  readonly declared_at: Date | null;
  readonly authority_at: Date | null;
  readonly received_at: Date;
  readonly acknowledged_at: Date | null;
  readonly verified_at: Date | null;
  readonly extended_at: Date | null;
  readonly confirm_until: Date | null;
  readonly confirmed_at: Date | null;
  readonly cooling_until: Date | null;
  readonly started_at: Date | null;
  readonly closed_at: Date | null;
  readonly pauses: unknown;
  readonly ack_due_at: Date | null;
  readonly due_at: Date | null;
  readonly due_on: string | null;
  readonly held_at: Date | null;
  readonly reason: string | null;
  readonly ground: string | null;
  readonly duplicate_of: string | null;
  readonly appeal_of: string | null;
  readonly fingerprint: string | null;
  readonly delivery: string | null;
  readonly run_id: string | null;
  readonly certificate_id: string | null;
  readonly contact_mac: Buffer | null;
  readonly token_hash: Buffer | null;
  readonly key_id: string;
  readonly sealed: Buffer | null;
  readonly revision: number;
  readonly failed_step: string | null;
}

export interface ErasureCertificateRow {
  readonly certificate_id: string;
  readonly subjects: string[];
  readonly issued_at: Date;
}

export interface ErasureLedgerCopyRow {
  readonly seq: number;
  readonly subject_id: string;
  readonly key_ids: string[];
  readonly run_id: string;
  readonly reason: string;
  readonly erased_at: Date;
  readonly hash: Buffer;
  readonly has_rows: boolean;
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

export interface FirstContactRow {
  readonly subject_id: string;
  readonly channel: string;
  readonly contacted_at: Date;
  readonly offered_at: Date | null;
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

export interface IdentifierAliasRow {
  readonly mac: Buffer;
  readonly bi: Buffer;
  readonly version: number;
}

export interface IdentifierEpochRow {
  readonly one: boolean;
  readonly version: number;
  readonly complete: number;
  readonly rules: number;
  readonly respelled: number;
}

export interface IdentifierIssuerRow {
  readonly kind: string;
  readonly issuer: string;
}

export interface IdentifierNodeRow {
  readonly bi: Buffer;
  readonly blocked: boolean;
  readonly touched: boolean;
  readonly indexed: number;
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

export interface LoyaltyAnswerRow {
  readonly member_id: string;
  readonly event_id: string;
  readonly kind: string;
  readonly relational: boolean;
  readonly y: number;
  readonly answered_at: Date;
}

export interface LoyaltyBacktestRow {
  readonly backtest_id: string;
  readonly model_id: string;
  readonly report: unknown;
  readonly created_at: Date;
}

export interface LoyaltyCurrentRow {
  readonly only_row: boolean;
  readonly model_id: string | null;
  readonly everyone_on: number | null;
}

export interface LoyaltyDecisionRow {
  readonly member_id: string;
  readonly decision_id: string;
  readonly kind: string;
  readonly reason: string;
  readonly structure: string | null;
  readonly tier: string | null;
  readonly fixed_until: number | null;
  readonly decided_by: string;
  readonly at: Date;
}

export interface LoyaltyFeatureRow {
  readonly member_id: string;
  readonly cohort: string;
  readonly currency: string;
  readonly unit: number;
  readonly days: number[];
  readonly amounts: number[];
  readonly x: number;
  readonly first_day: number;
  readonly last_day: number;
  readonly repeat_minor: number;
  readonly refreshed_at: Date;
}

export interface LoyaltyHistoryRow {
  readonly member_id: string;
  readonly entry_id: string;
  readonly at: Date;
  readonly structure: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string;
  readonly figure: number | null;
  readonly model_id: string | null;
  readonly rules_version: number | null;
}

export interface LoyaltyModelRow {
  readonly model_id: string;
  readonly kind: string;
  readonly fitted_on: number;
  readonly fitted_to: number;
  readonly report: unknown;
  readonly created_at: Date;
  readonly created_by: string;
}

export interface LoyaltyModelCohortRow {
  readonly model_id: string;
  readonly cohort: string;
  readonly model: unknown;
  readonly rate_values: number[];
  readonly rate_below: number[];
  readonly spend_values: number[];
  readonly spend_below: number[];
}

export interface LoyaltyRulesRow {
  readonly version: number;
  readonly rules: unknown;
  readonly published_at: Date;
  readonly published_by: string;
}

export interface LoyaltyScoreRow {
  readonly member_id: string;
  readonly model_id: string;
  readonly rules_version: number;
  readonly model_cohort: string;
  readonly scored_on: number;
  readonly scored_at: Date;
  readonly x: number;
  readonly tx: number;
  readonly t: number;
  readonly z: number;
  readonly alive: number;
  readonly rate: number;
  readonly spend: number;
  readonly b: number;
  readonly mean: number;
  readonly n: number;
  readonly a: number | null;
  readonly sd: number | null;
  readonly attitude_state: string;
  readonly base_micro: number;
  readonly alive_micro: number;
  readonly rate_micro: number;
  readonly spend_micro: number;
  readonly answers: unknown;
  readonly score_micro: number | null;
  readonly condition: string | null;
  readonly condition_state: string;
}

export interface LoyaltyTierRow {
  readonly member_id: string;
  readonly structure: string;
  readonly mode: string;
  readonly tier: string;
  readonly since: number;
  readonly held_until: number;
  readonly breaches: number;
  readonly breach_month: string | null;
  readonly grace_until: number | null;
  readonly reached_on: number | null;
  readonly reached_from: string | null;
  readonly reached_days: number | null;
  readonly reached_minor: number | null;
  readonly fixed_until: number | null;
  readonly parts: unknown | null;
}

export interface MailMessageRow {
  readonly mail_id: string;
  readonly template: string;
  readonly subject_id: string | null;
  readonly key_id: string;
  readonly cell: Buffer | null;
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly once: boolean;
  readonly claimed_at: Date | null;
}

export interface NoticeTextRow {
  readonly notice_id: string;
  readonly version: number;
  readonly locale: string;
  readonly sha256: Buffer;
  readonly content: unknown;
}

export interface NoticeVersionRow {
  readonly notice_id: string;
  readonly version: number;
  readonly purposes: string[];
  readonly material: boolean;
  readonly published_at: Date;
  readonly published_by: string;
}

export interface OptInTokenRow {
  readonly token_hash: Buffer;
  readonly subject_id: string;
  readonly record_id: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

export interface OrderStateRow {
  readonly subject_id: string;
  readonly order_key: string;
  readonly facts: unknown;
  readonly folded: unknown;
}

export interface PrivacyCertificateRow {
  readonly certificate_id: string;
  readonly run_id: string | null;
  readonly request_id: string | null;
  readonly kind: string;
  readonly issued_at: Date;
  readonly body: unknown;
  readonly jws: string;
  readonly audit_entry: string;
}

export interface PrivacyHoldRow {
  readonly hold_id: string;
  readonly subjects: string[];
  readonly ground: string;
  readonly reference: string;
  readonly set_by: string;
  readonly since: Date;
  readonly until: Date | null;
  readonly lifted_at: Date | null;
  readonly lifted_by: string | null;
}

export interface PrivacyKeyRow {
  readonly run_id: string;
  readonly key_id: string;
  readonly subject_id: string;
  readonly destroyed_at: Date | null;
}

export interface PrivacyPackageRow {
  readonly package_id: string;
  readonly run_id: string;
  readonly subjects: string[];
  readonly kind: string;
  readonly locale: string;
  readonly state: string;
  readonly key_id: string;
  readonly delivery: Buffer | null;
  readonly token_hash: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly content: Buffer | null;
  readonly size: number | null;
  readonly sha256: Buffer | null;
  readonly made_at: Date | null;
  readonly ended_at: Date | null;
}

export interface PrivacyRunRow {
  readonly run_id: string;
  readonly request_id: string;
  readonly kind: string;
  readonly state: string;
  readonly member_id: string;
  readonly subjects: string[];
  readonly regime: string | null;
  readonly locale: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly step: string | null;
  readonly next_at: Date;
  readonly failures: number;
  readonly told_at: Date | null;
  readonly package_id: string | null;
  readonly certificate_id: string | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

export interface PrivacyStepRow {
  readonly run_id: string;
  readonly step: string;
  readonly state: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly attempts: number;
  readonly failure: string | null;
  readonly counts: unknown;
}

export interface PurposeVersionRow {
  readonly purpose_id: string;
  readonly applied_at: Date;
  readonly version: number;
  readonly definition: unknown | null;
  readonly applied_by: string;
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

export interface RecipientRow {
  readonly recipient_id: string;
  readonly name: string;
  readonly role: string;
  readonly purposes: string[];
  readonly categories: string[];
  readonly fields: string[] | null;
  readonly join_purposes: string[];
  readonly country: string | null;
  readonly region: string | null;
  readonly locale: string;
  readonly webhook_url: string | null;
  readonly ack_hours: number;
  readonly key_id: string;
  readonly sealed: Buffer;
  readonly state: string;
  readonly revision: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface RecipientChangeRow {
  readonly recipient_id: string;
  readonly purpose_id: string;
  readonly member_id: string;
  readonly position: number;
  readonly changed_at: Date;
}

export interface RecipientFeedRow {
  readonly recipient_id: string;
  readonly purpose_id: string;
  readonly epoch: string;
  readonly noticed_position: number;
  readonly compacted_position: number;
  readonly rules_mark: string;
  readonly swept_at: Date;
}

export interface RecipientMemberRow {
  readonly recipient_id: string;
  readonly purpose_id: string;
  readonly member_id: string;
  readonly alias: string;
  readonly since: Date;
}

export interface RecipientNoticeRow {
  readonly notice_id: string;
  readonly recipient_id: string;
  readonly purpose_id: string;
  readonly member_id: string;
  readonly alias: string;
  readonly position: number;
  readonly reason: string;
  readonly merged_into: string | null;
  readonly noticed_at: Date;
  readonly due_at: Date;
  readonly acknowledged_at: Date | null;
  readonly escalated_at: Date | null;
}

export interface RegimeVersionRow {
  readonly regime_id: string;
  readonly in_force_from: Date;
  readonly sha256: Buffer | null;
  readonly pack: unknown | null;
}

export interface RetentionRunRow {
  readonly retention_id: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly counts: unknown;
  readonly certificate_id: string | null;
}

export interface RetentionScheduleRow {
  readonly only_row: boolean;
  readonly schedule: unknown;
  readonly set_by: string;
  readonly set_at: Date;
}

export interface SchemaMigrationRow {
  readonly number: number;
  readonly name: string;
  readonly applied_at: Date;
}

export interface SegmentRow {
  readonly segment_id: string;
  readonly name: string;
  readonly purpose_id: string;
  readonly rule: unknown;
  readonly state: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly evaluated_at: Date | null;
}

export interface SegmentFactRow {
  readonly member_id: string;
  readonly allowed: string[];
  readonly age_band: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly language: string | null;
  readonly home_store: string | null;
  readonly joined_on: Date | null;
  readonly first_seen: Date | null;
  readonly last_seen: Date | null;
  readonly orders: number | null;
  readonly returns: number | null;
  readonly first_order_on: Date | null;
  readonly last_order_on: Date | null;
  readonly spend: unknown | null;
  readonly stores: unknown | null;
  readonly categories: unknown | null;
  readonly channels: unknown | null;
  readonly loyalty: unknown | null;
  readonly refreshed_at: Date;
  readonly profiled: boolean;
}

export interface SegmentMemberRow {
  readonly segment_id: string;
  readonly member_id: string;
  readonly since: Date;
}

export interface SigningKeyRow {
  readonly kid: string;
  readonly public_jwk: unknown;
  readonly key_id: string;
  readonly cell: Buffer;
  readonly created_at: Date;
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
  readonly order_namespace: string | null;
}

export interface SourceConsentRow {
  readonly source_id: string;
  readonly categories: unknown;
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

export interface SourcePriorityRow {
  readonly only_row: boolean;
  readonly priorities: unknown;
  readonly changed_at: Date | null;
  readonly concerned: string[];
  readonly noted_to: string | null;
  readonly note_from: Date | null;
}

export interface StaffAccountRow {
  readonly account_id: string;
  readonly key_id: string;
  readonly login_mac: Buffer;
  readonly login: Buffer;
  readonly name: Buffer;
  readonly role: string;
  readonly purposes: string[];
  readonly stores: string[];
  readonly password_hash: string | null;
  readonly totp: Buffer | null;
  readonly totp_confirmed_at: Date | null;
  readonly totp_last_step: number;
  readonly oidc_mac: Buffer | null;
  readonly failed_attempts: number;
  readonly locked_until: Date | null;
  readonly created_at: Date;
  readonly last_login: Date | null;
  readonly ended_at: Date | null;
}

export interface StaffApprovalRow {
  readonly approval_id: string;
  readonly operation: string;
  readonly target: string;
  readonly request_mac: Buffer;
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly expires_at: Date;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly decision: string | null;
  readonly used_at: Date | null;
}

export interface StaffInviteRow {
  readonly token_hash: Buffer;
  readonly account_id: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

export interface StaffSessionRow {
  readonly session_id: string;
  readonly token_hash: Buffer;
  readonly account_id: string;
  readonly device: string;
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
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
  readonly urgent_at: Date | null;
}

export interface SubjectClueRow {
  readonly subject_id: string;
  readonly clue: string;
  readonly value: string;
  readonly first_on: Date;
  readonly last_on: Date;
  readonly recorded_at: Date;
}

export interface SubjectGroupingRow {
  readonly subject_id: string;
  readonly until: Date;
  readonly member_id: string;
  readonly core_id: string;
}

export interface SuppressionRow {
  readonly mac: Buffer;
  readonly run_id: string;
  readonly strength: string;
  readonly erased_at: Date;
  readonly rejoined_at: Date | null;
}

export interface SurveyRow {
  readonly survey_id: string;
  readonly name: unknown;
  readonly class: string;
  readonly anonymous: boolean;
  readonly state: string;
  readonly current_version: number | null;
  readonly settings: unknown;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface SurveyActionRow {
  readonly action_id: string;
  readonly survey_id: string;
  readonly theme: string;
  readonly owner: string;
  readonly what: string;
  readonly store_id: string | null;
  readonly region: string | null;
  readonly state: string;
  readonly done_on: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface SurveyAnonymousAnswerRow {
  readonly answer_id: string;
  readonly survey_id: string;
  readonly anonymous: boolean;
  readonly version: number;
  readonly channel: string;
  readonly locale: string;
  readonly wave: string | null;
  readonly context: unknown;
  readonly answered_on: Date;
  readonly receipt_hash: Buffer;
  readonly cell: Buffer;
  readonly contact_cell: Buffer | null;
}

export interface SurveyAnonymousInboxRow {
  readonly entry_id: string;
  readonly survey_id: string;
  readonly anonymous: boolean;
  readonly version: number;
  readonly channel: string;
  readonly locale: string;
  readonly wave: string | null;
  readonly context: unknown;
  readonly answered_on: Date;
  readonly receipt_hash: Buffer;
  readonly cell: Buffer;
  readonly contact_cell: Buffer | null;
}

export interface SurveyAskRow {
  readonly subject_id: string;
  readonly ask_id: string;
  readonly campaign_id: string;
  readonly survey_id: string;
  readonly class: string;
  readonly wave: string;
  readonly occasion: string;
  readonly channel: string;
  readonly order_key: string | null;
  readonly store_id: string | null;
  readonly category: string | null;
  readonly occurred_at: Date | null;
  readonly state: string;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly again_at: Date | null;
  readonly due_at: Date | null;
  readonly latest_at: Date | null;
  readonly reminders: number;
  readonly invitation_id: string | null;
  readonly key_id: string | null;
  readonly cell: Buffer | null;
  readonly asked_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface SurveyCadenceRow {
  readonly since: Date;
  readonly rules: unknown;
  readonly set_by: string;
}

export interface SurveyCampaignRow {
  readonly campaign_id: string;
  readonly survey_id: string;
  readonly name: string;
  readonly kind: string;
  readonly channel: string;
  readonly settings: unknown;
  readonly state: string;
  readonly wave: string | null;
  readonly cursor: string | null;
  readonly deciding: boolean;
  readonly next_run_at: Date | null;
  readonly created_by: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface SurveyCaseRow {
  readonly case_id: string;
  readonly survey_id: string;
  readonly response_id: string;
  readonly subject_id: string | null;
  readonly reasons: string[];
  readonly store_id: string | null;
  readonly region: string | null;
  readonly order_key: string | null;
  readonly owner: string | null;
  readonly state: string;
  readonly outcome: string | null;
  readonly contact_wanted: boolean;
  readonly opened_at: Date;
  readonly due_at: Date;
  readonly contacted_at: Date | null;
  readonly escalated_at: Date | null;
  readonly closed_at: Date | null;
  readonly ask_again_at: Date | null;
  readonly updated_at: Date;
}

export interface SurveyCaseNoteRow {
  readonly case_id: string;
  readonly note_id: string;
  readonly subject_id: string | null;
  readonly written_by: string;
  readonly written_at: Date;
  readonly key_id: string;
  readonly cell: Buffer;
}

export interface SurveyEventWaitingRow {
  readonly message_id: string;
  readonly subject_id: string;
  readonly survey_id: string;
  readonly type: string;
  readonly occurred_at: Date;
  readonly store_id: string | null;
  readonly properties: unknown;
}

export interface SurveyFormUsedRow {
  readonly form_hash: Buffer;
  readonly survey_id: string;
  readonly used_on: Date;
}

export interface SurveyGatewayRow {
  readonly channel: string;
  readonly url: string;
  readonly key_id: string;
  readonly sealed: Buffer;
  readonly updated_at: Date;
}

export interface SurveyInvitationRow {
  readonly invitation_id: string;
  readonly survey_id: string;
  readonly anonymous: boolean;
  readonly version: number;
  readonly subject_id: string | null;
  readonly member_id: string | null;
  readonly channel: string;
  readonly locale: string | null;
  readonly wave: string | null;
  readonly context: unknown;
  readonly order_key: string | null;
  readonly token_hash: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly opened_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_as: string | null;
}

export interface SurveyMentionRow {
  readonly survey_id: string;
  readonly response_id: string;
  readonly question: string;
  readonly theme: string;
  readonly polarity: string;
  readonly phrases: string[];
  readonly lexicon: number;
  readonly subject_id: string | null;
  readonly answered_on: Date;
  readonly channel: string;
  readonly store_id: string | null;
  readonly region: string | null;
  readonly category: string | null;
  readonly level: string | null;
  readonly tenure: string | null;
}

export interface SurveyMessageRow {
  readonly subject_id: string;
  readonly message_id: string;
  readonly ask_id: string | null;
  readonly survey_id: string;
  readonly class: string;
  readonly wave: string | null;
  readonly kind: string;
  readonly channel: string;
  readonly state: string;
  readonly error: string | null;
  readonly key_id: string | null;
  readonly cell: Buffer | null;
  readonly at: Date;
  readonly changed_at: Date;
}

export interface SurveyPlaceRow {
  readonly store_id: string;
  readonly name: string;
  readonly region: string | null;
  readonly time_zone: string | null;
  readonly locale: string;
  readonly key_id: string;
  readonly sealed: Buffer;
  readonly updated_at: Date;
}

export interface SurveyResponseRow {
  readonly response_id: string;
  readonly survey_id: string;
  readonly anonymous: boolean;
  readonly version: number;
  readonly invitation_id: string | null;
  readonly subject_id: string | null;
  readonly channel: string;
  readonly locale: string;
  readonly wave: string | null;
  readonly context: unknown;
  readonly state: string;
  readonly key_id: string;
  readonly cell: Buffer;
  readonly contact_wanted: boolean;
  readonly started_at: Date;
  readonly updated_at: Date;
  readonly answered_at: Date | null;
  readonly told_at: Date | null;
}

export interface SurveyScoreRow {
  readonly survey_id: string;
  readonly response_id: string;
  readonly question: string;
  readonly version: number;
  readonly kind: string;
  readonly value: number;
  readonly scale_min: number;
  readonly scale_max: number;
  readonly subject_id: string | null;
  readonly invitation_id: string | null;
  readonly wave: string | null;
  readonly answered_on: Date;
  readonly answered_at: Date | null;
  readonly channel: string;
  readonly store_id: string | null;
  readonly region: string | null;
  readonly category: string | null;
  readonly level: string | null;
  readonly tenure: string | null;
}

export interface SurveyTicketRow {
  readonly ticket_hash: Buffer;
  readonly survey_id: string;
  readonly anonymous: boolean;
  readonly version: number;
  readonly channel: string;
  readonly wave: string | null;
  readonly context: unknown;
  readonly expires_on: Date;
  readonly spent_by: Buffer | null;
}

export interface SurveyVersionRow {
  readonly survey_id: string;
  readonly version: number;
  readonly document: unknown;
  readonly sha256: Buffer;
  readonly key_id: string | null;
  readonly created_at: Date;
  readonly published_at: Date | null;
}

export interface WebhookMessageRow {
  readonly message_id: string;
  readonly recipient_id: string;
  readonly purpose_id: string;
  readonly member_id: string;
  readonly position: number;
  readonly state: string;
  readonly attempts: number;
  readonly next_at: Date;
  readonly leased_until: Date | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

export interface WebhookNonceRow {
  readonly source_id: string;
  readonly nonce_mac: Buffer;
  readonly body_hash: Buffer;
  readonly expires_at: Date;
}

/** Every table of the main store. */
export interface Tables {
  readonly accounting_line: AccountingLineRow;
  readonly anonymous_count: AnonymousCountRow;
  readonly api_key: ApiKeyRow;
  readonly attribute_set: AttributeSetRow;
  readonly audit_entry: AuditEntryRow;
  readonly audit_node: AuditNodeRow;
  readonly audit_salt: AuditSaltRow;
  readonly audit_stage: AuditStageRow;
  readonly audit_tree_head: AuditTreeHeadRow;
  readonly breach_incident: BreachIncidentRow;
  readonly breach_member: BreachMemberRow;
  readonly breach_notice: BreachNoticeRow;
  readonly change_follower: ChangeFollowerRow;
  readonly change_stage: ChangeStageRow;
  readonly consent_chain: ConsentChainRow;
  readonly consent_expiry: ConsentExpiryRow;
  readonly consent_record: ConsentRecordRow;
  readonly consent_salt: ConsentSaltRow;
  readonly contested: ContestedRow;
  readonly controller_version: ControllerVersionRow;
  readonly disclosure: DisclosureRow;
  readonly dsr_alert: DsrAlertRow;
  readonly dsr_callback: DsrCallbackRow;
  readonly dsr_code: DsrCodeRow;
  readonly dsr_history: DsrHistoryRow;
  readonly dsr_opendsr: DsrOpendsrRow;
  readonly dsr_request: DsrRequestRow;
  readonly erasure_certificate: ErasureCertificateRow;
  readonly erasure_ledger_copy: ErasureLedgerCopyRow;
  readonly event: EventRow;
  readonly evidence: EvidenceRow;
  readonly feed_position: FeedPositionRow;
  readonly first_contact: FirstContactRow;
  readonly idempotency_key: IdempotencyKeyRow;
  readonly identifier_alias: IdentifierAliasRow;
  readonly identifier_epoch: IdentifierEpochRow;
  readonly identifier_issuer: IdentifierIssuerRow;
  readonly identifier_node: IdentifierNodeRow;
  readonly identity_link: IdentityLinkRow;
  readonly loyalty_answer: LoyaltyAnswerRow;
  readonly loyalty_backtest: LoyaltyBacktestRow;
  readonly loyalty_current: LoyaltyCurrentRow;
  readonly loyalty_decision: LoyaltyDecisionRow;
  readonly loyalty_feature: LoyaltyFeatureRow;
  readonly loyalty_history: LoyaltyHistoryRow;
  readonly loyalty_model: LoyaltyModelRow;
  readonly loyalty_model_cohort: LoyaltyModelCohortRow;
  readonly loyalty_rules: LoyaltyRulesRow;
  readonly loyalty_score: LoyaltyScoreRow;
  readonly loyalty_tier: LoyaltyTierRow;
  readonly mail_message: MailMessageRow;
  readonly notice_text: NoticeTextRow;
  readonly notice_version: NoticeVersionRow;
  readonly opt_in_token: OptInTokenRow;
  readonly order_state: OrderStateRow;
  readonly privacy_certificate: PrivacyCertificateRow;
  readonly privacy_hold: PrivacyHoldRow;
  readonly privacy_key: PrivacyKeyRow;
  readonly privacy_package: PrivacyPackageRow;
  readonly privacy_run: PrivacyRunRow;
  readonly privacy_step: PrivacyStepRow;
  readonly purpose_version: PurposeVersionRow;
  readonly quarantine: QuarantineRow;
  readonly receipt: ReceiptRow;
  readonly recipient: RecipientRow;
  readonly recipient_change: RecipientChangeRow;
  readonly recipient_feed: RecipientFeedRow;
  readonly recipient_member: RecipientMemberRow;
  readonly recipient_notice: RecipientNoticeRow;
  readonly regime_version: RegimeVersionRow;
  readonly retention_run: RetentionRunRow;
  readonly retention_schedule: RetentionScheduleRow;
  readonly schema_migration: SchemaMigrationRow;
  readonly segment: SegmentRow;
  readonly segment_fact: SegmentFactRow;
  readonly segment_member: SegmentMemberRow;
  readonly signing_key: SigningKeyRow;
  readonly source: SourceRow;
  readonly source_consent: SourceConsentRow;
  readonly source_count: SourceCountRow;
  readonly source_key: SourceKeyRow;
  readonly source_priority: SourcePriorityRow;
  readonly staff_account: StaffAccountRow;
  readonly staff_approval: StaffApprovalRow;
  readonly staff_invite: StaffInviteRow;
  readonly staff_session: StaffSessionRow;
  readonly subject: SubjectRow;
  readonly subject_aggregate: SubjectAggregateRow;
  readonly subject_change: SubjectChangeRow;
  readonly subject_clue: SubjectClueRow;
  readonly subject_grouping: SubjectGroupingRow;
  readonly suppression: SuppressionRow;
  readonly survey: SurveyRow;
  readonly survey_action: SurveyActionRow;
  readonly survey_anonymous_answer: SurveyAnonymousAnswerRow;
  readonly survey_anonymous_inbox: SurveyAnonymousInboxRow;
  readonly survey_ask: SurveyAskRow;
  readonly survey_cadence: SurveyCadenceRow;
  readonly survey_campaign: SurveyCampaignRow;
  readonly survey_case: SurveyCaseRow;
  readonly survey_case_note: SurveyCaseNoteRow;
  readonly survey_event_waiting: SurveyEventWaitingRow;
  readonly survey_form_used: SurveyFormUsedRow;
  readonly survey_gateway: SurveyGatewayRow;
  readonly survey_invitation: SurveyInvitationRow;
  readonly survey_mention: SurveyMentionRow;
  readonly survey_message: SurveyMessageRow;
  readonly survey_place: SurveyPlaceRow;
  readonly survey_response: SurveyResponseRow;
  readonly survey_score: SurveyScoreRow;
  readonly survey_ticket: SurveyTicketRow;
  readonly survey_version: SurveyVersionRow;
  readonly webhook_message: WebhookMessageRow;
  readonly webhook_nonce: WebhookNonceRow;
}
