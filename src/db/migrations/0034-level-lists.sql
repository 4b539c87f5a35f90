-- The members of a condition or tier are listed by id, page by page.
create index loyalty_score_condition on loyalty_score (condition, member_id);
create index loyalty_tier_members on loyalty_tier (structure, tier, member_id);
create unique index loyalty_decision_id on loyalty_decision (decision_id);
