-- The scores of one question, each person's in the order of time, with all that results count: the latest answer of a
-- million people is found without fetching or sorting any of them.
create index survey_score_latest on survey_score
  (survey_id, question, subject_id, answered_at nulls first, response_id)
  include (answered_on, value, store_id, region, channel, category, level, tenure);

-- Every read moves the time of its lines here and nothing else: with room beside them, their index stays as it is.
alter table disclosure set (fillfactor = 75);
