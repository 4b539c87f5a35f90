/** Runs that retention begins: whom they erase may come back with what they do from then on. */
export const RETENTION_ACTOR = "retention";
