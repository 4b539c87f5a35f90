-- By which version of the rules of spelling identifiers are indexed: under newer rules the same value may have another
-- index, so every identifier is indexed anew before anybody is looked for.
alter table identifier_epoch
  -- The rules that new identifiers are spelled by.
  add column rules int not null default 1 check (rules > 0),
  -- The rules by which every identifier can be found; behind `rules` while they are being indexed anew.
  add column respelled int not null default 1,
  add constraint identifier_epoch_respelled check (respelled <= rules);
