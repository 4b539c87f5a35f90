-- Ends a statement, with all that it writes, unless something still holds that was decided on before it: what it registers
-- is then read and decided again.
create function refuse_unless(holds boolean) returns void language plpgsql as $$
begin
  if holds is not true then
    raise exception 'what was decided on has changed' using errcode = 'serialization_failure';
  end if;
end $$;
